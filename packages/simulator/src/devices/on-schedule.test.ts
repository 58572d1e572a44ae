import { commandReach, nextExpected, readHealth, type DeviceKnowledge, type HeardReport } from '@paikea/schedule'

import { fieldOf, launch, type TestGateway } from '../../test/test-sea.ts'

const MINUTE_MS = 60_000
const YEAR_MS = 365 * 86_400_000
const failing = { sessionFailureProbability: 1 }

/** A repeatable choice of numbers in [0, 1). */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

type Heard = TestGateway['heard'][number] & { readonly atMs: number }

/** Notes the full time of each message; the gateway keeps the time of day only. */
function listen(sea: ReturnType<typeof launch>): Heard[] {
  const heard: Heard[] = []
  const { heard: log } = sea.gateway
  const push = log.push.bind(log)
  log.push = (...messages) => {
    for (const message of messages) heard.push({ ...message, atMs: sea.clock.now() })
    return push(...messages)
  }
  return heard
}

function reportOf({ text, atMs }: Heard): HeardReport {
  const number = (name: string): number | null => {
    const value = fieldOf(text, name)
    return value === undefined ? null : Number(value)
  }
  const utc = fieldOf(text, 'utc') ?? ''
  const ofDay = ((Number(utc.slice(0, 2)) * 60 + Number(utc.slice(2, 4))) * 60 + Number(utc.slice(4, 6))) * 1000
  const midnight = Math.floor(atMs / 86_400_000) * 86_400_000
  const fixMs = midnight + ofDay > atMs + 10 * MINUTE_MS ? midnight + ofDay - 86_400_000 : midnight + ofDay
  const hasFix = fieldOf(text, 'lat') !== '99900.0000'
  return {
    transmittedAt: new Date(atMs),
    fixAt: hasFix ? new Date(fixMs) : null,
    intervalMinutes: number('int'),
    sleepMinutes: number('sl'),
  }
}

function known(generation: 'v2' | 'v3', message: Heard, rest: Partial<DeviceKnowledge> = {}): DeviceKnowledge {
  const lastReport = reportOf(message)
  return { generation, lastReport, lastHeardAt: null, intervalMinutes: null, orderedSleep: null, ...rest }
}

describe('a year of firmware v3 against its schedule', () => {
  it('never calls a punctual buoy late, through changes of interval and commanded sleeps', () => {
    const sea = launch('v3', { at: '11:57:10', conditions: { fixSeconds: [20, 200], sessionSeconds: [10, 40] } })
    const heard = listen(sea)
    const roll = dice(11)
    const endMs = sea.clock.now() + YEAR_MS
    while (sea.clock.now() < endMs) {
      const isSleep = roll() < 0.3
      sea.gateway.queue.push(
        isSleep ? `+DATA:PK007,${Math.floor(roll() * 259_200)};` : `+DATA:PK006,${15 + Math.floor(roll() * 1425)};`,
      )
      sea.clock.advance(86_400_000 * (2 + Math.floor(roll() * 10)))
    }
    expect(heard.length).toBeGreaterThan(1_500)
    const misses: string[] = []
    for (const [index, message] of heard.slice(1).entries()) {
      const before = heard[index]
      if (before === undefined) continue
      const expected = nextExpected(known('v3', before))
      if (expected === null) throw new Error('a v3 buoy always has a schedule')
      const arrived = message.atMs
      const reason = fieldOf(message.text, 'st')
      const isAnswer = reason === '3' || reason === '4'
      if (arrived > expected.to.getTime()) misses.push(`late: ${before.text} then ${message.time}`)
      // An answer to a command comes by itself, 20 s after the session that fetched it.
      if (arrived < expected.from.getTime() && !isAnswer) misses.push(`early: ${before.text} then ${message.time}`)
    }
    expect(misses).toEqual([])
  })

  it.each([
    [10, 2],
    [20, 2],
    [60, 4],
    [780, 4],
  ])('at an interval of %i min, a buoy is late after one failed try and silent after %i', (intervalMinutes, tries) => {
    const sea = launch('v3', { at: '00:01:00' })
    const heard = listen(sea)
    sea.gateway.queue.push(`+DATA:PK006,${intervalMinutes};`)
    sea.clock.advance(86_400_000 + 5 * MINUTE_MS)
    const last = heard.at(-1)
    if (last === undefined) throw new Error('nothing was heard')
    const device = known('v3', last)
    expect(device.lastReport?.intervalMinutes).toBe(intervalMinutes)
    sea.device.conditions = { ...sea.device.conditions, ...failing }
    const expected = nextExpected(device)
    if (expected === null) throw new Error('a v3 buoy always has a schedule')
    const at = (ms: number): string => readHealth(device, new Date(ms)).health
    expect(at(expected.from.getTime() - 1)).toBe('ok')
    expect(at(expected.to.getTime() + 1)).toBe('late')
    expect(at(expected.silentAfter.getTime())).toBe('late')
    expect(at(expected.silentAfter.getTime() + 1)).toBe('silent')
    // The sea heals just before the last try: it comes while the buoy is still only late.
    const lastTryMs = expected.silentAfter.getTime() - 7.5 * MINUTE_MS
    sea.clock.runUntil(lastTryMs - 1000)
    expect(heard.at(-1)).toBe(last)
    sea.device.conditions = { ...sea.device.conditions, sessionFailureProbability: 0 }
    sea.clock.runUntil(expected.silentAfter.getTime())
    expect(heard.at(-1)).not.toBe(last)
    const spacing = tries === 2 ? 10 * MINUTE_MS : 30 * MINUTE_MS
    expect(lastTryMs - expected.from.getTime()).toBe(spacing)
  })

  it('predicts when queued commands reach the buoy, one per session, and when the answer has arrived', () => {
    const roll = dice(5)
    const sea = launch('v3', { at: '11:57:10', conditions: { fixSeconds: [20, 200], sessionSeconds: [10, 40] } })
    const heard = listen(sea)
    sea.clock.advance(5 * MINUTE_MS)
    for (let round = 0; round < 300; round += 1) {
      sea.clock.advance(Math.floor(roll() * 30) * MINUTE_MS)
      const last = heard.at(-1)
      if (last === undefined) throw new Error('nothing was heard')
      const queuedBefore = sea.gateway.queue.length
      const reach = commandReach(known('v3', last), new Date(sea.clock.now()), queuedBefore)
      if (reach === null) throw new Error('a v3 buoy always has a schedule')
      sea.gateway.queue.push(`+DATA:PK006,${15 + Math.floor(roll() * 45)};`)
      const heardBefore = heard.length
      sea.clock.runUntil(reach.expectedAt.to.getTime())
      expect(sea.gateway.queue.length).toBe(0)
      sea.clock.runUntil(reach.answeredBy?.getTime() ?? 0)
      expect(heard.slice(heardBefore).some(({ text }) => fieldOf(text, 'st') === '3')).toBe(true)
    }
  })
})

describe('a year of firmware v2 against its schedule', () => {
  it('never calls a punctual buoy late or silent', () => {
    const sea = launch('v2', { at: '11:57:10', conditions: { fixSeconds: [20, 600], sessionSeconds: [10, 40] } })
    const heard = listen(sea)
    const intervalMinutes = 30
    sea.gateway.queue.push(`+DATA:PK006,${intervalMinutes};`)
    sea.clock.advance(YEAR_MS)
    expect(heard.length).toBeGreaterThan(10_000)
    const misses: string[] = []
    for (const [index, message] of heard.slice(3).entries()) {
      const before = heard[index + 2]
      if (before === undefined || message.text === '' || before.text === '') continue
      const device = known('v2', before, { intervalMinutes })
      const { health } = readHealth(device, new Date(message.atMs))
      if (health !== 'ok') misses.push(`${health}: ${message.time}`)
    }
    expect(misses).toEqual([])
  })

  it('predicts the first report after a commanded sleep, which v2 does not answer', () => {
    const sea = launch('v2', { at: '12:00:00' })
    const heard = listen(sea)
    sea.clock.advance(15 * MINUTE_MS)
    sea.gateway.queue.push('+DATA:PK007,7200;')
    sea.clock.advance(15 * MINUTE_MS)
    const last = heard.at(-1)
    if (last === undefined) throw new Error('nothing was heard')
    expect(sea.gateway.queue.length).toBe(0)
    const device = known('v2', last, {
      intervalMinutes: 10,
      orderedSleep: { from: new Date(last.atMs), seconds: 7200 },
    })
    expect(readHealth(device, new Date(last.atMs + 90 * MINUTE_MS)).health).toBe('asleep')
    const expected = nextExpected(device)
    sea.clock.runUntil(expected?.to.getTime() ?? 0)
    const next = heard.at(-1)
    expect(next?.atMs).toBeGreaterThanOrEqual(expected?.from.getTime() ?? 0)
    expect(next?.atMs).toBeLessThanOrEqual(expected?.to.getTime() ?? 0)
  })
})
