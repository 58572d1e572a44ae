import { Running } from './running.ts'

const perTarget = { by: 'chain', atMost: () => 4, forgetMs: 10_000 } as const

describe('Running', () => {
  it('bounds nothing while nobody tells it of ends', () => {
    const running = new Running(perTarget)
    for (let id = 1; id <= 9; id += 1) running.started(id, 'modem/1', 0)
    expect(running.isFull('modem/1', 'none', 0)).toBe(false)
  })

  it('holds a target with four under way until one is done, and no other target', () => {
    const running = new Running(perTarget)
    running.told()
    for (let id = 1; id <= 4; id += 1) {
      expect(running.isFull('modem/1', 'none', 0)).toBe(false)
      running.started(id, 'modem/1', 0)
    }
    expect([running.isFull('modem/1', 'none', 0), running.isFull('modem/2', 'none', 0)]).toEqual([true, false])
    running.ended(99)
    expect(running.isFull('modem/1', 'none', 0)).toBe(true)
    running.ended(2)
    expect(running.isFull('modem/1', 'none', 0)).toBe(false)
  })

  it('forgets what takes long, and what was not started', () => {
    const running = new Running(perTarget)
    running.told()
    for (let id = 1; id <= 4; id += 1) running.started(id, 'modem/1', id)
    running.ended(4)
    expect(running.isFull('modem/1', 'none', 5)).toBe(false)
    running.started(5, 'modem/1', 5)
    expect(running.isFull('modem/1', 'none', 6)).toBe(true)
    expect(running.isFull('modem/1', 'none', 10_002)).toBe(false)
  })

  it('counts a whole kind together, and fewer of it while there is something to answer', () => {
    const running = new Running({ by: 'kind', atMost: (load) => (load === 'none' ? 3 : 1), forgetMs: 2_000 })
    running.told()
    running.started(1, 'a', 0)
    expect([running.isFull('b', 'none', 0), running.isFull('b', 'some', 0)]).toEqual([false, true])
  })
})
