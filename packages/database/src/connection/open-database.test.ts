import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { isUnavailable, outOfReachCode } from './errors.ts'
import { openDatabase } from './open-database.ts'

describe('openDatabase() on SQLite', () => {
  let folder: string
  let file: string
  let db: Database
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paikea-open-'))
    file = join(folder, 'data', 'paikea.sqlite')
    db = await openDatabase({ uri: `sqlite:///${file}` })
  })
  afterEach(async () => {
    await db.close()
    await rm(folder, { recursive: true, force: true })
  })

  const pragma = async (name: string, transaction?: Transaction): Promise<unknown> => {
    const [rows] = await db.sequelize.query(`SELECT * FROM pragma_${name}`, { transaction: transaction ?? null })
    return Object.values(rows[0] ?? {})[0]
  }

  it('sets the pragmas on the connection of reads and on the ones of transactions', async () => {
    const all = async (transaction?: Transaction) => ({
      journal: await pragma('journal_mode', transaction),
      synchronous: await pragma('synchronous', transaction),
      foreignKeys: await pragma('foreign_keys', transaction),
      busyTimeout: await pragma('busy_timeout', transaction),
    })
    const expected = { journal: 'wal', synchronous: 2, foreignKeys: 1, busyTimeout: 10_000 }
    expect(await all()).toEqual(expected)
    expect(await db.write((tx) => all(tx))).toEqual(expected)
    expect(await db.write((tx) => all(tx))).toEqual(expected)
  })

  it('makes files that only their owner may read', async () => {
    await db.migrate()
    for (const name of [file, `${file}-wal`, `${file}-shm`]) expect((await stat(name)).mode & 0o777).toBe(0o600)
  })

  it('refuses to write outside of write()', async () => {
    await db.migrate()
    const { Group } = db.models
    await expect(Group.create({ name: 'past the queue' })).rejects.toThrow(/readonly/)
    await db.write((transaction) => Group.create({ name: 'in the queue' }, { transaction }))
    expect(await Group.count()).toBe(1)
  })

  it('shows readers nothing that is not committed, and nothing of what was rolled back', async () => {
    await db.migrate()
    const { Group } = db.models
    const failed = db.write(async (transaction) => {
      await Group.create({ name: 'half' }, { transaction })
      expect(await Group.count()).toBe(0)
      expect(await Group.count({ transaction })).toBe(1)
      throw new Error('changed my mind')
    })
    await expect(failed).rejects.toThrow('changed my mind')
    expect(await Group.count()).toBe(0)
  })

  it('has 100 transactions at once wait for each other', async () => {
    await db.migrate()
    const { Group } = db.models
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        db.write((transaction) => Group.create({ name: `group ${index}` }, { transaction })),
      ),
    )
    expect(await Group.count()).toBe(100)
  })

  it('reports an error in a statement each time, also when the statement is kept', async () => {
    const bad = () =>
      db.write((transaction) => db.sequelize.query('SELECT * FROM nowhere WHERE id = $1', { transaction, bind: [1] }))
    for (let times = 0; times < 4; times += 1) await expect(bad()).rejects.toThrow(/no such table/)
  })

  it('knows of a column that was added while it was open', async () => {
    await db.migrate()
    const { Group } = db.models
    expect(await Group.findAll()).toEqual([])
    await db.write((transaction) => db.sequelize.query('ALTER TABLE groups ADD COLUMN note DATETIME', { transaction }))
    await db.write((transaction) => Group.create({ name: 'a' }, { transaction }))
    expect((await Group.findOne())?.createdAt).toBeInstanceOf(Date)
  })

  it('says that a closed database is unavailable', async () => {
    await db.close()
    for (const use of [
      db.ping(),
      db.write(async () => 1),
      db.writeStatements(async () => ({ last: [], answer: () => 1 })),
    ]) {
      const error: unknown = await use.catch((thrown: unknown) => thrown)
      expect(isUnavailable(error)).toBe(true)
    }
  })
})

describe('openDatabase()', () => {
  it('gives "sqlite::memory:" a private file that goes away, with readers apart from the writer', async () => {
    const db = await openDatabase({ uri: 'sqlite::memory:' })
    await db.migrate()
    await db.write(async (transaction) => {
      await db.models.Group.create({ name: 'a' }, { transaction })
      expect(await db.models.Group.count()).toBe(0)
    })
    await db.close()
  })

  it('names no password when the server cannot be reached, and calls that unavailable', async () => {
    const opening = openDatabase({ uri: 'mysql://paikea:s3cret@127.0.0.1:1/db', password: 'other-s3cret' })
    const error: unknown = await opening.catch((thrown: unknown) => thrown)
    expect(isUnavailable(error)).toBe(true)
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error)).not.toMatch(/s3cret/)
  })

  it('opens one that is away where it may be, and says so at the first use', async () => {
    const db = await openDatabase({ uri: 'mysql://paikea@127.0.0.1:1/db', mayBeAway: true })
    const error: unknown = await db.ping().catch((thrown: unknown) => thrown)
    expect(outOfReachCode(error)).toBe('ECONNREFUSED')
    await db.close()
  })
})
