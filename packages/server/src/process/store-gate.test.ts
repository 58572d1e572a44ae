import { isUnavailable } from '@paikea/database'
import { openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { gateStore } from './store-gate.ts'

let db: TestDatabase
beforeEach(async () => {
  db = await openTestDatabase('sqlite')
})
afterEach(() => db.drop())

test('lets nothing be written until it is open, and calls that unavailable', async () => {
  const gate = gateStore(db)
  const writes = [
    () => gate.db.tryWrite(),
    () => gate.db.write(async () => 1),
    () => gate.db.writeStatements(async () => ({ last: [], answer: () => 1 })),
  ]
  for (const write of writes) {
    expect(isUnavailable(await write().catch((error: unknown) => error))).toBe(true)
  }
  expect(await gate.db.models.Group.count()).toBe(0)
  gate.open()
  for (const write of writes) await write()
})
