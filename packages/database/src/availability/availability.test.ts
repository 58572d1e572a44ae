import { openTestDatabase, type TestDatabase } from '../testing/test-database.ts'
import { isUnavailable } from '../connection/errors.ts'
import type { Database } from '../database.ts'
import { type AvailabilityState, createAvailability } from './availability.ts'

let db: TestDatabase
beforeEach(async () => {
  db = await openTestDatabase('sqlite')
})
afterEach(() => db.drop())

/** Resolves with the next state that is told. */
function next(availability: ReturnType<typeof createAvailability>): Promise<AvailabilityState> {
  return new Promise((resolve) => {
    const stop = availability.subscribe((state) => {
      stop()
      resolve(state)
    })
  })
}

test('rejects writes as unavailable until the tables are prepared, then reports that it is up', async () => {
  const availability = createAvailability(db, { isPrepared: false })
  const writes = [
    () => availability.db.tryWrite(),
    () => availability.db.write(async () => 1),
    () => availability.db.writeStatements(async () => ({ last: [], answer: () => 1 })),
  ]
  for (const write of writes) {
    expect(isUnavailable(await write().catch((error: unknown) => error))).toBe(true)
  }
  expect(await availability.db.models.Group.count()).toBe(0)
  expect(availability.state).toMatchObject({ isUp: false, reason: 'not-prepared' })
  const back = next(availability)
  availability.prepared()
  for (const write of writes) await write()
  expect(await back).toMatchObject({ isUp: true, reason: null })
})

test('tells subscribers of a failure once, with its reason, and of the first write that gets through', async () => {
  let isLocked = true
  const locked: Database = {
    ...db,
    tryWrite: () =>
      isLocked ? Promise.reject(Object.assign(new Error('held'), { code: 'SQLITE_BUSY' })) : db.tryWrite(),
  }
  const availability = createAvailability(locked)
  const told: AvailabilityState[] = []
  availability.subscribe((state) => told.push(state))
  availability.failed(Object.assign(new Error('held'), { code: 'SQLITE_BUSY' }))
  availability.failed(new Error('again'))
  expect(availability.state).toMatchObject({ isUp: false, reason: 'locked' })
  const back = next(availability)
  isLocked = false
  await back
  availability.written()
  expect(told.map(({ isUp, reason }) => [isUp, reason])).toEqual([
    [false, 'locked'],
    [true, null],
  ])
})
