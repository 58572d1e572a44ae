import { Queue, type Job } from './queue.ts'

const job = (chain: string, order: number): Job => ({ key: `${chain}/${order}`, id: order, chain, order })
const drain = (queue: Queue<Job>): string[] => {
  const keys: string[] = []
  for (let next = queue.take(); next !== null; next = queue.take()) keys.push(next.key)
  return keys
}

describe('Queue', () => {
  it('keeps order within a chain, whatever order the jobs arrive in', () => {
    const queue = new Queue<Job>(100)
    for (const order of [3, 1, 2, 5, 4]) queue.add(job('a', order))
    expect(drain(queue)).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'a/5'])
  })

  it('hands out a live job soon, even behind a backlog of a thousand', () => {
    const queue = new Queue<Job>(2_000)
    for (let order = 0; order < 1_000; order += 1) queue.add(job(`old${order % 100}`, order))
    queue.add(job('live', 1_000))
    expect(drain(queue).indexOf('live/1000')).toBeLessThan(2)
  })

  it('keeps order within each chain of a backlog', () => {
    const queue = new Queue<Job>(2_000)
    for (let order = 0; order < 500; order += 1) queue.add(job(order % 2 === 0 ? 'a' : 'b', order))
    const keys = drain(queue)
    for (const chain of ['a', 'b']) {
      const own = keys.filter((key) => key.startsWith(chain))
      expect(own).toEqual(own.toSorted((one, other) => Number(one.slice(2)) - Number(other.slice(2))))
    }
  })

  it('hands jobs out in order while there is no backlog', () => {
    const queue = new Queue<Job>(2_000)
    for (const [chain, order] of [
      ['b', 1],
      ['a', 2],
      ['c', 3],
      ['a', 4],
    ] as const)
      queue.add(job(chain, order))
    expect(drain(queue)).toEqual(['b/1', 'a/2', 'c/3', 'a/4'])
  })

  it('does not let live jobs hold up the oldest', () => {
    const queue = new Queue<Job>(2_000)
    for (let order = 1; order < 500; order += 1) queue.add(job(`live${order}`, order))
    queue.add(job('old', 0))
    expect(drain(queue).indexOf('old/0')).toBeLessThan(3)
  })

  it('hands out every job exactly once', () => {
    const queue = new Queue<Job>(5_000)
    const keys: string[] = []
    for (let order = 0; order < 5_000; order += 1) {
      const next = job(`d${(order * 7) % 61}`, order)
      keys.push(next.key)
      queue.add(next)
    }
    expect(drain(queue).sort()).toEqual(keys.sort())
    expect(queue.size).toBe(0)
  })

  it('skips held chains', () => {
    const queue = new Queue<Job>(10)
    for (const chain of ['a', 'b']) queue.add(job(chain, 1))
    expect(queue.take(({ chain }) => chain === 'a')?.key).toBe('b/1')
    expect(queue.take(({ chain }) => chain === 'a')).toBeNull()
  })

  it('refuses a duplicate job, and one beyond its capacity', () => {
    const queue = new Queue<Job>(2)
    expect([job('a', 1), job('a', 1), job('a', 2), job('a', 3)].map((one) => queue.add(one))).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  it('hands out a job that was put back first, even when the queue is full', () => {
    const queue = new Queue<Job>(3)
    for (const order of [1, 2, 3]) queue.add(job('a', order))
    const first = queue.take()
    expect(first?.key).toBe('a/1')
    queue.add(job('b', 4))
    if (first !== null) queue.putBack(first)
    expect(drain(queue)).toEqual(['a/1', 'a/2', 'a/3', 'b/4'])
  })
})
