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

  it('asks once for all who want to know at the same moment and soon after, and reads more often than it writes', async () => {
    const { asked, given } = counted()
    const health = createDatabaseHealth(given, { reachableMs: 0, writableMs: 60_000, notWritableMs: 0 })
    await Promise.all(Array.from({ length: 100 }, health))
    expect(asked).toEqual({ pings: 1, writes: 1 })
    for (let times = 0; times < 5; times += 1) expect(await health()).toEqual({ state: 'up' })
    expect(asked.pings).toBeGreaterThan(1)
    expect(asked.writes).toBe(1)
  })

  it('asks again when an answer is old, and sooner where it was no', async () => {
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

  it('tells a database that can only be read from one that cannot be reached', async () => {
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

  it('says that there are no tables yet', async () => {
    const empty = await openDatabase({ uri: 'sqlite::memory:' })
    expect(await createDatabaseHealth(empty)()).toMatchObject({ state: 'down', reason: 'no-tables' })
    await empty.close()
  })
})
