import { openDatabase } from '@paikea/database'
import { openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { createDatabaseHealth } from './database-health.ts'

describe('createDatabaseHealth()', () => {
  let db: TestDatabase
  beforeEach(async () => {
    db = await openTestDatabase('sqlite')
  })
  afterEach(() => db.drop())

  /** The database, with a count of how often it was asked. */
  function counted() {
    const asked = { pings: 0, writes: 0 }
    const given = {
      ping() {
        asked.pings += 1
        return db.ping()
      },
      tryWrite() {
        asked.writes += 1
        return db.tryWrite()
      },
    }
    return { asked, given }
  }

  it('asks once for concurrent callers, and probes reads more often than writes', async () => {
    const { asked, given } = counted()
    const health = createDatabaseHealth(given, { reachableMs: 0, writableMs: 60_000, notWritableMs: 0 })
    await Promise.all(Array.from({ length: 100 }, health))
    expect(asked).toEqual({ pings: 1, writes: 1 })
    for (let times = 0; times < 5; times += 1) expect(await health()).toEqual({ state: 'up' })
    expect(asked.pings).toBeGreaterThan(1)
    expect(asked.writes).toBe(1)
  })

  it('asks again when an answer has expired, and keeps a failure for its own period', async () => {
    const { asked, given } = counted()
    const health = createDatabaseHealth(given, { reachableMs: 0, writableMs: 0, notWritableMs: 60_000 })
    await health()
    await health()
    expect(asked.writes).toBe(2)
    await db.close()
    const down = { state: 'down', reason: 'unreachable', detail: 'cannot be reached' }
    expect([await health(), await health(), await health()]).toEqual([down, down, down])
    expect(asked.writes).toBe(3)
  })

  it('reports a database as down while another writer holds the lock, and up afterwards', async () => {
    const other = await openDatabase({ uri: db.uri })
    const health = createDatabaseHealth(db, { reachableMs: 0, writableMs: 0, notWritableMs: 0 })
    await other.write(async () => {
      expect(await health()).toEqual({
        state: 'down',
        reason: 'locked',
        detail: 'cannot be written: another writer holds a lock',
      })
    })
    expect(await health()).toEqual({ state: 'up' })
    await other.close()
  })

  it('reports a database without tables as down', async () => {
    const empty = await openDatabase({ uri: 'sqlite::memory:' })
    expect(await createDatabaseHealth(empty)()).toMatchObject({ state: 'down', reason: 'no-tables' })
    await empty.close()
  })
})
