import { Running } from './running.ts'

const perTarget = { by: 'chain', atMost: () => 4, askAfterMs: 2_000 } as const

describe('Running', () => {
  it('holds a target with four under way until one is done, and no other target', () => {
    const running = new Running(perTarget)
    for (let id = 1; id <= 4; id += 1) {
      expect(running.isFull('modem/1', 'none', 0)).toBe(false)
      running.started(id, 'modem/1', 0)
    }
    expect([running.isFull('modem/1', 'none', 0), running.isFull('modem/2', 'none', 0)]).toEqual([true, false])
    running.ended(99, 0)
    expect(running.isFull('modem/1', 'none', 0)).toBe(true)
    running.ended(2, 0)
    expect(running.isFull('modem/1', 'none', 0)).toBe(false)
  })

  it('says of which nothing was heard for long, once in a while, and counts them until they have ended', () => {
    const running = new Running(perTarget)
    for (let id = 1; id <= 4; id += 1) running.started(id, 'modem/1', id * 500)
    expect(running.overdue(2_400)).toEqual([])
    expect(running.overdue(3_000)).toEqual([1, 2])
    expect(running.overdue(3_001)).toEqual([])
    expect(running.isFull('modem/1', 'none', 3_001)).toBe(true)
    expect(running.overdue(5_000)).toEqual([1, 2, 3, 4])
  })

  it('no longer counts what Temporal seems to have lost', () => {
    const running = new Running(perTarget)
    for (let id = 1; id <= 4; id += 1) running.started(id, 'modem/1', id)
    expect(running.isFull('modem/1', 'none', 600_000)).toBe(true)
    expect(running.isFull('modem/1', 'none', 600_001)).toBe(false)
    expect([running.has(1), running.has(2)]).toEqual([false, true])
  })

  it('counts a whole kind together, fewer of it while there is something to answer, more where nobody tells of ends', () => {
    const running = new Running({
      by: 'kind',
      atMost: (load, { isTold }) => (!isTold ? 5 : load === 'none' ? 3 : 1),
      askAfterMs: 2_000,
    })
    for (let id = 1; id <= 4; id += 1) running.started(id, 'a', 0)
    expect(running.isFull('b', 'none', 0)).toBe(false)
    running.told()
    expect(running.isFull('b', 'none', 0)).toBe(true)
    for (const id of [2, 3]) running.ended(id, 0)
    expect([running.isFull('b', 'none', 0), running.isFull('b', 'some', 0)]).toEqual([false, true])
  })

  it('allows for as many as ended lately, not counting those that were never started', () => {
    const running = new Running({ by: 'kind', atMost: (_load, { lately }) => Math.max(1, lately), askAfterMs: 2_000 })
    for (let id = 1; id <= 4; id += 1) running.started(id, 'a', 0)
    running.ended(1, 1_000)
    running.ended(2, 1_500)
    expect(running.isFull('a', 'none', 2_000)).toBe(true)
    running.notStarted(3)
    expect(running.isFull('a', 'none', 2_000)).toBe(false)
    expect(running.isFull('a', 'none', 6_000)).toBe(true)
  })
})
