import { openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { createTogether } from './together.ts'

let db: TestDatabase

beforeAll(async () => {
  db = await openTestDatabase('sqlite')
})
afterAll(() => db.drop())

describe('createTogether()', () => {
  it('shares transactions among calls, and returns each call its own result', async () => {
    const transactions = new Set<unknown>()
    const twice = createTogether(db, async (item: number, tx) => {
      transactions.add(tx)
      return item * 2
    })
    const items = Array.from({ length: 120 }, (_, index) => index)
    expect(await Promise.all(items.map(twice))).toEqual(items.map((item) => item * 2))
    expect(transactions.size).toBeLessThan(10)
    expect(await twice(7)).toBe(14)
  })

  it('rejects only the call that fails', async () => {
    const work = createTogether(db, async (item: number) => {
      if (item === 3) throw new Error('three')
      return item
    })
    const outcomes = await Promise.allSettled([0, 1, 2, 3, 4].map(work))
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    ])
    expect(await work(5)).toBe(5)
  })
})
