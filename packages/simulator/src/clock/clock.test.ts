import { until } from '../../test/receiver.ts'
import { ScaledClock } from './scaled-clock.ts'
import { TimerQueue } from './timer-queue.ts'
import { VirtualClock } from './virtual-clock.ts'

describe('TimerQueue', () => {
  it('returns timers in order of time, then of insertion, without cancelled ones', () => {
    const queue = new TimerQueue()
    const ran: number[] = []
    const times = Array.from({ length: 500 }, (_, index) => (index * 7919) % 101)
    const cancels = times.map((atMs, index) => queue.add(atMs, () => ran.push(index)))
    for (let index = 0; index < 500; index += 3) cancels[index]?.()
    for (let timer = queue.takeDue(1000); timer !== null; timer = queue.takeDue(1000)) timer.work()
    const expected = times
      .map((atMs, index) => ({ atMs, index }))
      .filter(({ index }) => index % 3 !== 0)
      .sort((one, other) => one.atMs - other.atMs || one.index - other.index)
    expect(ran).toEqual(expected.map(({ index }) => index))
  })
})

describe('VirtualClock', () => {
  it('runs each timer at its own time, including timers set by other timers', () => {
    const clock = new VirtualClock(1000)
    const seen: number[] = []
    clock.schedule(3000, () => {
      seen.push(clock.now())
      clock.schedule(3500, () => seen.push(clock.now()))
    })
    clock.schedule(2000, () => seen.push(clock.now()))
    clock.runUntil(4000)
    expect(seen).toEqual([2000, 3000, 3500])
    expect(clock.now()).toBe(4000)
  })
})

describe('ScaledClock', () => {
  it('changes speed as soon as setSpeed() is called', async () => {
    const clock = new ScaledClock({ startMs: 0, speed: 1 })
    let isDone = false
    clock.schedule(3_600_000, () => (isDone = true))
    expect(clock.now()).toBeLessThan(1000)
    clock.setSpeed(36_000)
    const began = performance.now()
    await until(() => isDone, 'an hour in a tenth of a second')
    expect(performance.now() - began).toBeGreaterThan(80)
    expect(clock.now()).toBeGreaterThanOrEqual(3_600_000)
    const before = clock.now()
    clock.setSpeed(0.001)
    expect(clock.now() - before).toBeLessThan(36_000 * 50)
    clock.stop()
  })
})
