import { Backlog } from './backlog.ts'
import type { Job } from './backlog.ts'

const job = (chain: string, order: number): Job => ({ key: `${chain}/${order}`, chain, order })
const drain = (backlog: Backlog<Job>): string[] => {
  const keys: string[] = []
  for (let next = backlog.take(); next !== null; next = backlog.take()) keys.push(next.key)
  return keys
}

describe('Backlog', () => {
  it('keeps the order within a chain, however the jobs come', () => {
    const backlog = new Backlog<Job>(100)
    for (const order of [3, 1, 2, 5, 4]) backlog.add(job('a', order), { isLive: order % 2 === 0 })
    expect(drain(backlog)).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'a/5'])
  })

  it('hands out a live job soon although a thousand came before it', () => {
    const backlog = new Backlog<Job>(2_000)
    for (let order = 0; order < 1_000; order += 1) backlog.add(job(`old${order % 100}`, order), { isLive: true })
    backlog.add(job('live', 1_000), { isLive: true })
    expect(drain(backlog).indexOf('live/1000')).toBeLessThan(2)
  })

  it('goes by arrival while there is no backlog', () => {
    const backlog = new Backlog<Job>(2_000)
    for (const [chain, order] of [
      ['b', 1],
      ['a', 2],
      ['c', 3],
      ['a', 4],
    ] as const)
      backlog.add(job(chain, order), { isLive: true })
    expect(drain(backlog)).toEqual(['b/1', 'a/2', 'c/3', 'a/4'])
  })

  it('does not let live jobs hold up the oldest', () => {
    const backlog = new Backlog<Job>(2_000)
    backlog.add(job('old', 0), { isLive: false })
    for (let order = 1; order < 500; order += 1) backlog.add(job(`live${order}`, order), { isLive: true })
    expect(drain(backlog).indexOf('old/0')).toBeLessThan(3)
  })

  it('hands out each job once and all of them', () => {
    const backlog = new Backlog<Job>(5_000)
    const keys: string[] = []
    for (let order = 0; order < 5_000; order += 1) {
      const next = job(`d${(order * 7) % 61}`, order)
      keys.push(next.key)
      backlog.add(next, { isLive: order % 3 !== 0 })
    }
    expect(drain(backlog).sort()).toEqual(keys.sort())
    expect(backlog.size).toBe(0)
  })

  it('refuses what it has and what does not fit', () => {
    const backlog = new Backlog<Job>(2)
    expect(backlog.add(job('a', 1), { isLive: true })).toBe(true)
    expect(backlog.add(job('a', 1), { isLive: true })).toBe(false)
    expect(backlog.add(job('a', 2), { isLive: true })).toBe(true)
    expect(backlog.add(job('a', 3), { isLive: true })).toBe(false)
    expect(backlog.isFull).toBe(true)
  })

  it('hands a job that was put back out first', () => {
    const backlog = new Backlog<Job>(10)
    for (const order of [1, 2, 3]) backlog.add(job('a', order), { isLive: false })
    const first = backlog.take()
    expect(first?.key).toBe('a/1')
    if (first !== null) backlog.putBack(first)
    expect(drain(backlog)).toEqual(['a/1', 'a/2', 'a/3'])
  })

  it('does not grow with what went through', () => {
    const backlog = new Backlog<Job>(10)
    for (let order = 0; order < 50_000; order += 1) {
      backlog.add(job('a', order), { isLive: true })
      backlog.take()
    }
    expect(backlog.size).toBe(0)
    expect(backlog.bookkeeping).toBeLessThan(5_000)
  })
})
