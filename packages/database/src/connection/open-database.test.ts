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

  it('sets the pragmas on the read connection and on those of transactions', async () => {
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

  it('creates files that only their owner may read or write', async () => {
    await db.migrate()
    for (const name of [file, `${file}-wal`, `${file}-shm`]) expect((await stat(name)).mode & 0o777).toBe(0o600)
  })

  it('refuses writes outside write()', async () => {
    await db.migrate()
    const { Group } = db.models
    await expect(Group.create({ name: 'past the queue' })).rejects.toThrow(/readonly/)
    await db.write((transaction) => Group.create({ name: 'in the queue' }, { transaction }))
    expect(await Group.count()).toBe(1)
  })

  it('hides uncommitted and rolled-back rows from readers', async () => {
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

  it('commits all of 100 concurrent transactions', async () => {
    await db.migrate()
    const { Group } = db.models
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        db.write((transaction) => Group.create({ name: `group ${index}` }, { transaction })),
      ),
    )
    expect(await Group.count()).toBe(100)
  })

  it('reports an error in a statement on every run, even when the statement is cached', async () => {
    const bad = () =>
      db.write((transaction) => db.sequelize.query('SELECT * FROM nowhere WHERE id = $1', { transaction, bind: [1] }))
    for (let times = 0; times < 4; times += 1) await expect(bad()).rejects.toThrow(/no such table/)
  })

  it('reads rows correctly after a column is added while it is open', async () => {
    await db.migrate()
    const { Group } = db.models
    expect(await Group.findAll()).toEqual([])
    await db.write((transaction) => db.sequelize.query('ALTER TABLE groups ADD COLUMN note DATETIME', { transaction }))
    await db.write((transaction) => Group.create({ name: 'a' }, { transaction }))
    expect((await Group.findOne())?.createdAt).toBeInstanceOf(Date)
  })

  it('rejects every use as unavailable after it is closed', async () => {
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
  it('keeps readers apart from the writer in "sqlite::memory:" too', async () => {
    const db = await openDatabase({ uri: 'sqlite::memory:' })
    await db.migrate()
    await db.write(async (transaction) => {
      await db.models.Group.create({ name: 'a' }, { transaction })
      expect(await db.models.Group.count()).toBe(0)
    })
    await db.close()
  })

  it('reports an unreachable server as unavailable, without naming a password', async () => {
    const opening = openDatabase({ uri: 'mysql://paikea:s3cret@127.0.0.1:1/db', password: 'other-s3cret' })
    const error: unknown = await opening.catch((thrown: unknown) => thrown)
    expect(isUnavailable(error)).toBe(true)
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error)).not.toMatch(/s3cret/)
  })

  it('opens a server that is down if mayBeAway is set, and rejects its first use', async () => {
    const db = await openDatabase({ uri: 'mysql://paikea@127.0.0.1:1/db', mayBeAway: true })
    const error: unknown = await db.ping().catch((thrown: unknown) => thrown)
    expect(outOfReachCode(error)).toBe('ECONNREFUSED')
    await db.close()
  })
})
