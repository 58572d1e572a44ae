import { setTimeout as sleep } from 'node:timers/promises'
import { type AnswerPressure, watchAnswerPressure } from './answer-pressure.ts'

function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('watchAnswerPressure()', () => {
  let pressure: AnswerPressure
  beforeEach(() => {
    pressure = watchAnswerPressure({ slowAboveMs: 40, forgetMs: 300, fewPerSecond: 0 })
  })
  afterEach(() => pressure.stop())

  it('reports some, then slow, while an answer takes long, and none a while later', async () => {
    const answer = pressure.watch(() => sleep(80))
    expect(pressure.load()).toBe('some')
    await sleep(60)
    expect(pressure.load()).toBe('slow')
    await answer
    await sleep(320)
    expect(pressure.load()).toBe('none')
  })

  it('still reports slow just after a burst of slow answers, and none later', async () => {
    await Promise.all(Array.from({ length: 30 }, () => pressure.watch(() => sleep(120))))
    expect(pressure.load()).toBe('slow')
    await sleep(320)
    expect(pressure.load()).toBe('none')
  })

  it('counts the time that a request waits for the event loop', async () => {
    for (let round = 0; round < 12; round += 1) {
      block(150)
      await sleep(1)
      await pressure.watch(() => Promise.resolve())
    }
    expect(pressure.load()).toBe('slow')
  })

  it('reports none when the event loop is blocked and no answer is pending', async () => {
    block(200)
    await sleep(1)
    expect(pressure.load()).toBe('none')
  })

  it('reports none for a few slow answers a second, and slow for many', async () => {
    const own = watchAnswerPressure({ slowAboveMs: 20, forgetMs: 10_000 })
    for (let round = 0; round < 12; round += 1) await own.watch(() => sleep(40))
    expect(own.load()).toBe('none')
    await Promise.all(Array.from({ length: 1_000 }, () => own.watch(() => sleep(40))))
    expect(own.load()).toBe('slow')
    own.stop()
  })

  it('passes on the rejection of the work', async () => {
    await expect(pressure.watch(() => Promise.reject(new Error('planted')))).rejects.toThrow('planted')
  })
})
