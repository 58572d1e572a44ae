import { openTestDatabase, type TestDatabase } from '../testing/test-database.ts'
import { newInbound } from '../testing/new-inbound.ts'
import { storeBatch } from '../store-batch/store-batch.ts'
import type { Database } from '../database.ts'
import { isUnavailable } from '../connection/errors.ts'
import { openDatabase } from '../connection/open-database.ts'
import { whyNotWritable } from './why-not-writable.ts'

/** Holds the write lock until it is let go. */
async function lock(db: Database): Promise<() => Promise<void>> {
  let release = (): void => {}
  const isReleased = new Promise<void>((resolve) => (release = resolve))
  let written: Promise<void> | undefined
  await new Promise<void>((locked, failed) => {
    written = db.write(async () => {
      locked()
      await isReleased
    })
    written.catch(failed)
  })
  return async () => {
    release()
    await written
  }
}

const fault = (db: Database): Promise<unknown> => db.tryWrite().then(() => null, whyNotWritable)

describe('tryWrite() on SQLite', () => {
  let db: TestDatabase
  let other: Database
  beforeEach(async () => {
    db = await openTestDatabase('sqlite')
    other = await openDatabase({ uri: db.uri })
  })
  afterEach(async () => {
    await other.close()
    await db.drop()
  })

  it('leaves nothing behind and commits nothing', async () => {
    const version = async (): Promise<unknown> => (await other.sequelize.query('PRAGMA data_version'))[0]
    const before = await version()
    for (let times = 0; times < 3; times += 1) await db.tryWrite()
    expect(await version()).toEqual(before)
    expect(await other.pendingMigrations()).toEqual([])
    expect((await other.sequelize.query('SELECT * FROM schema_migrations WHERE length(name) > 160'))[0]).toEqual([])
    await storeBatch(db, [newInbound()])
    expect(await version()).not.toEqual(before)
    expect((await other.sequelize.query('PRAGMA integrity_check'))[0]).toEqual([{ integrity_check: 'ok' }])
  })

  it('reports another writer’s lock within two seconds, and succeeds after its release', async () => {
    const release = await lock(other)
    const startedAt = performance.now()
    expect(await fault(db)).toBe('locked')
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    await db.ping()
    await release()
    await db.tryWrite()
  })

  it('waits for another writer that finishes quickly', async () => {
    const release = await lock(other)
    const looking = db.tryWrite()
    setTimeout(() => void release(), 100)
    await expect(looking).resolves.toBeUndefined()
  })

  it('reports no answer while a write of its own waits for the lock, then lets that write through', async () => {
    const release = await lock(other)
    const storing = storeBatch(db, [newInbound()])
    expect(await fault(db)).toBe('no-answer')
    const looking = db.tryWrite()
    await release()
    await Promise.all([storing, looking])
    expect(await db.models.InboundMessage.count()).toBe(1)
  })

  it('reports no fault while many writers keep the database busy', async () => {
    let isOver = false
    const writers = Array.from({ length: 20 }, async (_, index) => {
      while (!isOver) {
        if (index % 2 === 0) await storeBatch(db, [newInbound(), newInbound()])
        else await db.write((transaction) => db.models.Group.create({ name: `${Math.random()}` }, { transaction }))
      }
    })
    const found: unknown[] = []
    for (let times = 0; times < 20; times += 1) found.push(await fault(db))
    isOver = true
    expect(found.filter((one) => one !== null)).toEqual([])
    await Promise.all(writers)
  })

  it('reports missing tables until the migrations have run', async () => {
    const empty = await openDatabase({ uri: 'sqlite::memory:' })
    expect(await fault(empty)).toBe('no-tables')
    await empty.migrate()
    expect(await fault(empty)).toBeNull()
    await empty.close()
  })

  it('rejects as unavailable when the database is closed, and does not hold up closing it', async () => {
    const release = await lock(other)
    const looking = db.tryWrite().catch((error: unknown) => error)
    await db.close()
    expect(isUnavailable(await looking)).toBe(true)
    expect(isUnavailable(await db.tryWrite().catch((error: unknown) => error))).toBe(true)
    await release()
  })
})
