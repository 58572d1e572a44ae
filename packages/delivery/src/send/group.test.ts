import { createGroup } from './group.ts'

describe('createGroup()', () => {
  it('runs the first item at once, and gathers those that arrive meanwhile', async () => {
    const groups: number[][] = []
    const double = createGroup<number, number>({
      maxSize: 10,
      isForAll: () => false,
      run: async (items) => {
        groups.push([...items])
        await Promise.resolve()
        return items.map((item) => item * 2)
      },
    })
    expect(await Promise.all([1, 2, 3, 4].map(double))).toEqual([2, 4, 6, 8])
    expect(groups).toEqual([[1], [2, 3, 4]])
  })

  it('lets a bad item fail alone', async () => {
    const run = createGroup<number, number>({
      maxSize: 10,
      isForAll: () => false,
      run: async (items) => {
        await Promise.resolve()
        if (items.includes(3)) throw new Error('three')
        return [...items]
      },
    })
    const results = await Promise.allSettled([1, 2, 3, 4].map(run))
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
  })

  it('does not retry items one by one if the failure affects all of them', async () => {
    let runs = 0
    const run = createGroup<number, number>({
      maxSize: 10,
      isForAll: () => true,
      run: async () => {
        runs += 1
        await Promise.resolve()
        throw new Error('away')
      },
    })
    const results = await Promise.allSettled([1, 2, 3].map(run))
    expect(results.every((result) => result.status === 'rejected')).toBe(true)
    expect(runs).toBe(2)
  })

  it('keeps to its maximum size, and accepts items afterwards', async () => {
    const sizes: number[] = []
    const run = createGroup<number, number>({
      maxSize: 2,
      isForAll: () => false,
      run: async (items) => {
        sizes.push(items.length)
        await Promise.resolve()
        return [...items]
      },
    })
    await Promise.all([1, 2, 3, 4, 5].map(run))
    await run(6)
    expect(sizes).toEqual([1, 2, 2, 1])
  })
})
