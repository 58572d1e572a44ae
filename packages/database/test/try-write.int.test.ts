import { execFile } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { type Database, openDatabase, storeBatch, whyNotWritable } from '@paikea/database'
import { databaseKinds, newInbound, openTestDatabase, type TestDatabase } from '@paikea/database/testing'

import { startSilencedServer } from './support/silenced-server.ts'

const script = join(import.meta.dirname, 'support', 'in-trouble.mjs')
const fault = (db: Database): Promise<unknown> => db.tryWrite().then(() => null, whyNotWritable)

describe('tryWrite() on an SQLite file in trouble', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-trouble-'))
    if (process.getuid?.() === 0) chownSync(folder, 65_534, 65_534)
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** Runs the built package in a process of its own. */
  async function run(trouble: string, limit: string): Promise<unknown> {
    const file = join(folder, 'database.sqlite')
    const words = [process.execPath, script, `sqlite:///${file}`, trouble, file]
    const { stdout } = await promisify(execFile)('sh', ['-c', `${limit}exec "$@"`, 'sh', ...words])
    return JSON.parse(stdout)
  }

  it('reports a read-only file, and recovers with the writer when it is writable again', async () => {
    expect(await run('read-only', '')).toEqual(['read-only, unavailable', 'writable, stored'])
  })

  it('reports a file that cannot grow as broken', async () => {
    // Blocks of 512 bytes in `sh`, or of twice that. To SQLite the limit is not a full disk, but a disk that fails.
    expect(await run('full', 'ulimit -f 2048; ')).toEqual(['writable, stored', 'broken, unavailable'])
  })
})

const withMariadb = databaseKinds().includes('mariadb') ? describe : describe.skip

withMariadb('tryWrite() on MariaDB (skipped where there is none)', () => {
  let db: TestDatabase
  let root: Database
  const run = (sql: string): Promise<unknown> => root.sequelize.query(sql)
  beforeEach(async () => {
    db = await openTestDatabase('mariadb')
    root = await openDatabase({ uri: db.uri })
  })
  afterEach(async () => {
    await root.close()
    await db.drop()
  })

  it('learns from real writes that the table is full, and that there is room again', async () => {
    // The server's own error; on a disk that really is full MariaDB 10.11 may end itself.
    await run(`CREATE TRIGGER no_room BEFORE INSERT ON inbound_messages FOR EACH ROW
      SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'`)
    expect(await fault(db)).toBeNull()
    await expect(storeBatch(db, [newInbound()])).rejects.toThrow('The table is full')
    expect(await fault(db)).toBe('full')
    await run('DROP TRIGGER no_room')
    await storeBatch(db, [newInbound()])
    expect(await fault(db)).toBeNull()
  })

  it('leaves nothing behind', async () => {
    await storeBatch(db, [newInbound()])
    const count = async (): Promise<unknown> => [
      await db.models.InboundMessage.findAll({ raw: true }),
      await run('SELECT table_name, auto_increment FROM information_schema.tables WHERE table_schema = DATABASE()'),
    ]
    const before = await count()
    for (let times = 0; times < 3; times += 1) await db.tryWrite()
    expect(await count()).toEqual(before)
    expect(await db.pendingMigrations()).toEqual([])
  })

  /** Locks as the statement says while `work` goes on. */
  async function whileLocked(statement: string, work: () => Promise<void>): Promise<void> {
    await root.sequelize.transaction(async (transaction) => {
      await root.sequelize.query(statement, { transaction })
      await work().finally(() => root.sequelize.query('UNLOCK TABLES', { transaction }))
    })
  }

  it.each([
    ...['inbound_messages', 'modems', 'reports', 'device_states'].map((table) => `LOCK TABLES ${table} WRITE`),
    // What a backup does.
    'FLUSH TABLES WITH READ LOCK',
  ])('reports the lock of %s within two seconds, and none after its release', async (statement) => {
    await whileLocked(statement, async () => {
      const startedAt = performance.now()
      expect(await fault(db)).toBe('locked')
      expect(performance.now() - startedAt).toBeLessThan(2_000)
      await db.ping()
    })
    expect(await fault(db)).toBeNull()
  })

  it('takes no connection from writers, however often it finds a table locked', async () => {
    await whileLocked('LOCK TABLES inbound_messages WRITE', async () => {
      for (let times = 0; times < 6; times += 1) expect(await fault(db)).toBe('locked')
    })
    expect(await storeBatch(db, [newInbound()])).toMatchObject([{ status: 'stored' }])
  })

  it('times out on a silent server, and recovers when it answers', async () => {
    const line = await startSilencedServer(db)
    const far = await openDatabase({ uri: line.uri })
    expect(await fault(far)).toBeNull()
    line.isSilent = true
    const startedAt = performance.now()
    expect([await fault(far), await fault(far)]).toEqual(['no-answer', 'no-answer'])
    expect(performance.now() - startedAt).toBeLessThan(4_000)
    line.isSilent = false
    // The attempt to connect that was begun in the silence has its own time to end.
    const end = Date.now() + 10_000
    while ((await fault(far)) !== null && Date.now() < end);
    expect(await fault(far)).toBeNull()
    await far.close()
    line.close()
  })

  it('is not held up by a write in progress', async () => {
    await storeBatch(db, [newInbound()])
    let finish = (): void => {}
    const writing = new Promise<void>((isWriting) => {
      void db.writeStatements(async (sql) => {
        await sql.run('UPDATE inbound_messages SET copies = copies', [])
        isWriting()
        await new Promise<void>((resolve) => (finish = resolve))
        return { last: [], answer: () => null }
      })
    })
    await writing
    expect(await fault(db)).toBeNull()
    finish()
  })

  it('reports a read-only server, and a user without the right to write', async () => {
    const user = `look_${process.pid}`
    const name = db.sequelize.getDatabaseName()
    await run(`CREATE USER ${user}@localhost IDENTIFIED BY 'secret'`)
    await run(`GRANT SELECT ON ${name}.* TO ${user}@localhost`)
    const limited = await openDatabase({ uri: db.uri.replace('//root@', `//${user}@`), password: 'secret' })
    expect(await fault(limited)).toBe('no-right')
    await run(`GRANT INSERT, UPDATE, DELETE ON ${name}.* TO ${user}@localhost`)
    expect(await fault(limited)).toBeNull()
    await run('SET GLOBAL read_only = 1')
    try {
      expect(await fault(limited)).toBe('read-only')
      await limited.ping()
    } finally {
      await run('SET GLOBAL read_only = 0')
    }
    expect(await fault(limited)).toBeNull()
    await limited.close()
    await run(`DROP USER ${user}@localhost`)
  })

  it('reports missing tables until the migrations have run', async () => {
    const empty = await openTestDatabase('mariadb', { migrate: false })
    expect(await fault(empty)).toBe('no-tables')
    await empty.migrate()
    expect(await fault(empty)).toBeNull()
    await empty.drop()
  })
})
