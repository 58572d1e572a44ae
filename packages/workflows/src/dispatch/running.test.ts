import { Running } from './running.ts'

/** The next one of a target. */
const next = (chain: string) => ({ chain, order: 1_000 })
const at = (chain: string, order: number) => ({ chain, order })

const perTarget = { by: 'chain', atMost: () => 4, askAfterMs: 2_000 } as const

describe('Running', () => {
  it('holds a target with four under way until one ends, and no other target', () => {
    const running = new Running(perTarget)
    for (let id = 1; id <= 4; id += 1) {
      expect(running.isFull(next('modem/1'), 'none', 0)).toBe(false)
      running.started(id, at('modem/1', id), 0)
    }
    expect([running.isFull(next('modem/1'), 'none', 0), running.isFull(next('modem/2'), 'none', 0)]).toEqual([
      true,
      false,
    ])
    running.ended(99, 0)
    expect(running.isFull(next('modem/1'), 'none', 0)).toBe(true)
    running.ended(2, 0)
    expect(running.isFull(next('modem/1'), 'none', 0)).toBe(false)
  })

  it('returns overdue ones at most once per interval, and counts them until they end', () => {
    const running = new Running(perTarget)
    for (let id = 1; id <= 4; id += 1) running.started(id, at('modem/1', id), id * 500)
    expect(running.overdue(2_400)).toEqual([])
    expect(running.overdue(3_000)).toEqual([1, 2])
    expect(running.overdue(3_001)).toEqual([])
    expect(running.isFull(next('modem/1'), 'none', 3_001)).toBe(true)
    expect(running.overdue(5_000)).toEqual([1, 2, 3, 4])
  })

  it('stops counting one that Temporal seems to have lost', () => {
    const running = new Running(perTarget)
    for (let id = 1; id <= 4; id += 1) running.started(id, at('modem/1', id), id)
    expect(running.isFull(next('modem/1'), 'none', 600_000)).toBe(true)
    expect(running.isFull(next('modem/1'), 'none', 600_001)).toBe(false)
    expect([running.has(1), running.has(2)]).toEqual([false, true])
  })

  it('limits a whole kind together, to fewer under answer load and to more if nobody reports ends', () => {
    const running = new Running({
      by: 'kind',
      atMost: (load, { isTold }) => (!isTold ? 5 : load === 'none' ? 3 : 1),
      askAfterMs: 2_000,
    })
    for (let id = 1; id <= 4; id += 1) running.started(id, at('a', id), 0)
    expect(running.isFull(next('b'), 'none', 0)).toBe(false)
    running.told()
    expect(running.isFull(next('b'), 'none', 0)).toBe(true)
    for (const id of [2, 3]) running.ended(id, 0)
    expect([running.isFull(next('b'), 'none', 0), running.isFull(next('b'), 'some', 0)]).toEqual([false, true])
  })

  it('allows as many as ended lately, and does not count those never started', () => {
    const running = new Running({ by: 'kind', atMost: (_load, { lately }) => Math.max(1, lately), askAfterMs: 2_000 })
    for (let id = 1; id <= 4; id += 1) running.started(id, at('a', id), 0)
    running.ended(1, 1_000)
    running.ended(2, 1_500)
    expect(running.isFull(next('a'), 'none', 2_000)).toBe(true)
    running.notStarted(3)
    expect(running.isFull(next('a'), 'none', 2_000)).toBe(false)
    expect(running.isFull(next('a'), 'none', 6_000)).toBe(true)
  })

  it('lets one through that comes before all those under way', () => {
    const running = new Running(perTarget)
    for (let id = 11; id <= 14; id += 1) running.started(id, at('modem/1', id), 0)
    expect(running.isFull(at('modem/1', 15), 'none', 0)).toBe(true)
    expect(running.isFull(at('modem/1', 9), 'none', 0)).toBe(false)
    running.started(9, at('modem/1', 9), 0)
    expect(running.isFull(at('modem/1', 12), 'none', 0)).toBe(false)
    running.ended(9, 0)
    expect(running.isFull(at('modem/1', 15), 'none', 0)).toBe(true)
  })
})
