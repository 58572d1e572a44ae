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

  it('says slow while an answer takes long, and none once it is given', async () => {
    const answer = pressure.watch(() => sleep(80))
    expect(pressure.load()).toBe('some')
    await sleep(60)
    expect(pressure.load()).toBe('slow')
    await answer
    await sleep(320)
    expect(pressure.load()).toBe('none')
  })

  it('says slow between answers that are all slow, until nobody asks any more', async () => {
    await Promise.all(Array.from({ length: 30 }, () => pressure.watch(() => sleep(120))))
    expect(pressure.load()).toBe('slow')
    await sleep(320)
    expect(pressure.load()).toBe('none')
  })

  it('counts what a request waits before it is looked at', async () => {
    for (let round = 0; round < 12; round += 1) {
      block(150)
      await sleep(1)
      await pressure.watch(() => Promise.resolve())
    }
    expect(pressure.load()).toBe('slow')
  })

  it('says none where only the loop is held up, and nobody waits for an answer', async () => {
    block(200)
    await sleep(1)
    expect(pressure.load()).toBe('none')
  })

  it('says none while only a few answers a second are asked for, however slow they are, and slow when many are', async () => {
    const own = watchAnswerPressure({ slowAboveMs: 20, forgetMs: 10_000 })
    for (let round = 0; round < 12; round += 1) await own.watch(() => sleep(40))
    expect(own.load()).toBe('none')
    await Promise.all(Array.from({ length: 1_000 }, () => own.watch(() => sleep(40))))
    expect(own.load()).toBe('slow')
    own.stop()
  })

  it('hands the failure of the work on', async () => {
    await expect(pressure.watch(() => Promise.reject(new Error('planted')))).rejects.toThrow('planted')
  })
})
