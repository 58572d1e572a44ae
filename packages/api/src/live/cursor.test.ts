import { createCursor, type Numbered } from './cursor.ts'

describe('createCursor()', () => {
  let table: Set<number>
  let time: number
  const rows = {
    after: async (afterId: number, limit: number) => listed((id) => id > afterId).slice(0, limit),
    among: async (ids: readonly number[]) => listed((id) => ids.includes(id)),
  }
  const listed = (fits: (id: number) => boolean): Numbered[] =>
    [...table]
      .filter(fits)
      .toSorted((one, other) => one - other)
      .map((id) => ({ id }))
  const begin = (afterId: number, limit?: number) =>
    createCursor(rows, { afterId, patienceMs: 100, now: () => time, ...(limit === undefined ? {} : { limit }) })
  const idsOf = (found: readonly Numbered[]) => found.map(({ id }) => id)
  beforeEach(() => {
    table = new Set([1, 2, 3])
    time = 0
  })

  it('returns each row once, including rows committed late', async () => {
    const cursor = begin(1)
    table.add(6)
    expect(idsOf(await cursor.next())).toEqual([2, 3, 6])
    expect(cursor.position()).toBe(3)
    table.add(5)
    table.add(7)
    expect(idsOf(await cursor.next())).toEqual([5, 7])
    expect(cursor.position()).toBe(3)
    table.add(4)
    expect(idsOf(await cursor.next())).toEqual([4])
    expect(cursor.position()).toBe(7)
    expect(await cursor.next()).toEqual([])
  })

  it('stops waiting for a missing number when its patience runs out', async () => {
    const cursor = begin(3)
    table.add(5)
    await cursor.next()
    time = 99
    await cursor.next()
    expect(cursor.position()).toBe(3)
    time = 100
    await cursor.next()
    expect(cursor.position()).toBe(5)
    table.add(4)
    expect(await cursor.next()).toEqual([])
  })

  it('limits how many rows it reads at once, and how many missing numbers it waits for', async () => {
    table = new Set([1, 2, 3, 1_000_000])
    const cursor = begin(0, 2)
    expect(idsOf(await cursor.next())).toEqual([1, 2])
    expect(idsOf(await cursor.next())).toEqual([3, 1_000_000])
    expect(cursor.position()).toBe(1_000_000 - 2001)
  })
})
