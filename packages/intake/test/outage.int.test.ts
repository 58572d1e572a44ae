import { type Database, openDatabase, type StoredMessage } from '@paikea/database'
import { databaseKinds, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { createIntake, type Delivery, NotDurableError } from '@paikea/intake'
import { buildWebhook } from '@paikea/rockblock-client/testing'

let momsn = 0
function delivery(): Delivery {
  momsn += 1
  const built = buildWebhook({ format: 'rockblock', fields: { momsn } })
  return { ...built, format: 'rockblock', receivedAt: new Date(), sourceAddress: null, hasSecret: true }
}

async function until(isTrue: () => boolean, limitMs = 15_000): Promise<void> {
  const deadline = Date.now() + limitMs
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** An intake whose log is kept, over a database whose looks are counted. */
function watched(db: TestDatabase, writeTimeoutMs?: number) {
  const events: string[] = []
  const seen = { failedLooks: 0 }
  const tryWrite = (): Promise<void> =>
    db.tryWrite().catch((error: unknown) => {
      seen.failedLooks += 1
      throw error
    })
  const intake = createIntake({
    db: { ...db, tryWrite },
    log: { warn: (event) => events.push(event) },
    ...(writeTimeoutMs === undefined ? {} : { writeTimeoutMs }),
  })
  return { intake, events, seen }
}

describe.each(databaseKinds())('intake while %s can be read but not written', (kind) => {
  let db: TestDatabase
  let other: Database
  beforeEach(async () => {
    db = await openTestDatabase(kind)
    other = await openDatabase({ uri: db.uri })
  })
  afterEach(async () => {
    await other.close()
    await db.drop()
  })

  /** Holds a lock that keeps messages from being written while `work` goes on. */
  async function whileLocked(work: () => Promise<void>): Promise<void> {
    if (kind === 'sqlite') return other.write(work)
    return other.sequelize.transaction(async (transaction) => {
      await other.sequelize.query('LOCK TABLES inbound_messages WRITE', { transaction })
      await work().finally(() => other.sequelize.query('UNLOCK TABLES', { transaction }))
    })
  }

  it('detects the outage once, then refuses without writing, and recovers when the lock is gone', async () => {
    const { intake, events, seen } = watched(db, 300)
    await whileLocked(async () => {
      await expect(intake.accept(delivery())).rejects.toThrow(NotDurableError)
      await until(() => seen.failedLooks >= 3 || !intake.stats().isDatabaseDown)
      await expect(intake.accept(delivery())).rejects.toThrow('the database is unreachable')
    })
    await until(() => !intake.stats().isDatabaseDown)
    await expect(intake.accept(delivery())).resolves.toMatchObject({ status: 'accepted' })
    expect(events).toEqual(['intake.batch-not-stored', 'intake.database-down', 'intake.database-back'])
    expect(intake.stats().batches).toBe(2)
  })
})

const withMariadb = databaseKinds().includes('mariadb') ? describe : describe.skip

withMariadb('intake while MariaDB fails (skipped without MariaDB)', () => {
  let db: TestDatabase
  beforeEach(async () => {
    db = await openTestDatabase('mariadb')
  })
  afterEach(() => db.drop())

  it('gives up within two seconds while a table is locked, and reports what is stored after all', async () => {
    const told: StoredMessage[] = []
    const intake = createIntake({ db, onStored: (message) => told.push(message) })
    const other = await openDatabase({ uri: db.uri })
    const given = delivery()
    await other.sequelize.transaction(async (transaction) => {
      await other.sequelize.query('LOCK TABLES inbound_messages WRITE', { transaction })
      const startedAt = performance.now()
      await expect(intake.accept(given)).rejects.toThrow(NotDurableError)
      expect(performance.now() - startedAt).toBeLessThan(2000)
      expect(told).toEqual([])
      await other.sequelize.query('UNLOCK TABLES', { transaction })
    })
    await until(() => told.length === 1)
    await expect(intake.accept(given)).resolves.toMatchObject({ status: 'duplicate', messageId: told[0]?.messageId })
    await other.close()
  })

  it('continues after the server has closed its connections', async () => {
    const intake = createIntake({ db })
    await intake.accept(delivery())
    const other = await openDatabase({ uri: db.uri })
    const [rows] = await other.sequelize.query(
      'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
    )
    const ids = rows.map((row) => (typeof row === 'object' && row !== null && 'id' in row ? Number(row.id) : 0))
    expect(ids.length).toBeGreaterThan(0)
    for (const id of ids) await other.sequelize.query(`KILL CONNECTION ${id}`)
    await expect(intake.accept(delivery())).resolves.toMatchObject({ status: 'accepted' })
    await other.close()
  })

  it('logs down once while the server is read-only for its user, and back once afterwards', async () => {
    const user = `intake_${process.pid}`
    const root = await openDatabase({ uri: db.uri })
    const run = (sql: string): Promise<unknown> => root.sequelize.query(sql)
    await run(`CREATE USER ${user}@localhost IDENTIFIED BY 'secret'`)
    await run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${root.sequelize.getDatabaseName()}.* TO ${user}@localhost`)
    const own = await openDatabase({ uri: db.uri.replace('//root@', `//${user}@`), password: 'secret' })
    const { intake, events, seen } = watched({ ...db, ...own })
    await intake.accept(delivery())
    await run('SET GLOBAL read_only = 1')
    try {
      await expect(intake.accept(delivery())).rejects.toThrow(NotDurableError)
      await until(() => seen.failedLooks >= 3 || !intake.stats().isDatabaseDown)
      await expect(intake.accept(delivery())).rejects.toThrow('the database is unreachable')
    } finally {
      await run('SET GLOBAL read_only = 0')
    }
    await until(() => !intake.stats().isDatabaseDown)
    await expect(intake.accept(delivery())).resolves.toMatchObject({ status: 'accepted' })
    expect(events).toEqual(['intake.batch-not-stored', 'intake.database-down', 'intake.database-back'])
    await own.close()
    await run(`DROP USER ${user}@localhost`)
    await root.close()
  })
})
