import {
  commandReach,
  estimateIntervalMinutes,
  nextExpected,
  readHealth,
  retriesMs,
  type DeviceKnowledge,
} from './mod.ts'

const at = (text: string): Date => new Date(`2026-11-28T${text}Z`)
const MINUTE_MS = 60_000

function buoy(over: Partial<DeviceKnowledge> & { int?: number; sl?: number; sent?: string } = {}): DeviceKnowledge {
  const { int = 20, sl = 0, sent = '10:01:00', ...rest } = over
  const lastReport = { transmittedAt: at(sent), fixAt: at(sent), intervalMinutes: int, sleepMinutes: sl }
  return { generation: 'v3', lastReport, lastHeardAt: at(sent), intervalMinutes: null, orderedSleep: null, ...rest }
}

describe('nextExpected()', () => {
  it.each([
    ['20 min', buoy(), '2026-11-28T10:20:00.000Z', 'grid'],
    ['13 h, before midnight', buoy({ int: 780, sent: '13:02:00' }), '2026-11-29T00:00:00.000Z', 'grid'],
    ['0 means 10 min', buoy({ int: 0 }), '2026-11-28T10:10:00.000Z', 'grid'],
    ['no interval in the report', buoy({ int: null as never }), '2026-11-28T10:10:00.000Z', 'grid'],
    ['a commanded sleep of two hours', buoy({ int: 10, sl: 120 }), '2026-11-28T12:01:00.000Z', 'after-sleep'],
    [
      'v2 with reports 30 min apart',
      buoy({ generation: 'v2', intervalMinutes: 30 }),
      '2026-11-28T10:31:00.000Z',
      'interval',
    ],
    [
      'v2 below its shortest interval',
      buoy({ generation: 'v2', intervalMinutes: 1 }),
      '2026-11-28T10:03:00.000Z',
      'interval',
    ],
    ['v2 without a known interval', buoy({ generation: 'v2' }), '2026-11-28T10:11:00.000Z', 'factory-interval'],
  ])('computes the next report: %s', (_, device, from, why) => {
    const expected = nextExpected(device)
    expect(expected?.from.toISOString()).toBe(from)
    expect(expected?.why).toBe(why)
  })

  it('counts from the fix, so a grid mark that passed during transmission is still due', () => {
    const lastReport = { transmittedAt: at('10:20:30'), fixAt: at('10:19:40'), intervalMinutes: 20, sleepMinutes: 0 }
    expect(nextExpected(buoy({ lastReport }))?.from).toEqual(at('10:20:00'))
  })

  it('ignores a fix time that is hours before the transmission', () => {
    const lastReport = { transmittedAt: at('10:20:30'), fixAt: at('04:00:00'), intervalMinutes: 20, sleepMinutes: 0 }
    expect(nextExpected(buoy({ lastReport }))?.from).toEqual(at('10:40:00'))
  })

  it('returns null for a device that never reported or has no known schedule', () => {
    expect(nextExpected(buoy({ lastReport: null }))).toBeNull()
    expect(nextExpected(buoy({ generation: null }))).toBeNull()
  })
})

describe('retriesMs()', () => {
  it.each([
    [10, []],
    [15, []],
    [20, [10]],
    [25, [15]],
    [60, [10, 20, 30]],
    [780, [10, 20, 30]],
  ])('lists the retries after a failed report at a %i min interval', (interval, minutes) => {
    const due = at('00:00:00').getTime() + (interval === 25 ? 25 : 0) * MINUTE_MS
    expect(retriesMs(due, interval).map((mark) => (mark - due) / MINUTE_MS)).toEqual(minutes)
  })
})

describe('readHealth()', () => {
  it.each([
    ['10:19:59', 'ok', 'on-schedule'],
    ['10:27:30', 'ok', 'on-schedule'],
    ['10:27:31', 'late', 'report-overdue'],
    ['10:37:30', 'late', 'report-overdue'],
    ['10:37:31', 'silent', 'retries-over'],
  ])('rates a buoy reporting every 20 min and last heard at 10:01, as of %s', (now, health, reason) => {
    expect(readHealth(buoy(), at(now))).toMatchObject({ health, reason })
  })

  it('reports a silent buoy as asleep for the ordered duration, then as late', () => {
    const asleep = buoy({ int: 10, sl: 120 })
    expect(readHealth(asleep, at('12:00:59'))).toMatchObject({ health: 'asleep', reason: 'sleeping-as-ordered' })
    expect(readHealth(asleep, at('12:09:31')).health).toBe('late')
  })

  it('counts from the last sign of life, not only from the last report', () => {
    const checked = buoy({ lastHeardAt: at('10:20:40') })
    expect(readHealth(checked, at('10:47:00'))).toMatchObject({ health: 'ok', reason: 'on-schedule' })
    expect(readHealth(checked, at('10:50:00')).health).toBe('late')
  })

  it('allows a device without a schedule a day of silence, and reports one never heard as unknown', () => {
    const handset = buoy({ generation: null })
    expect(readHealth(handset, at('23:00:00')).health).toBe('ok')
    expect(readHealth(handset, new Date('2026-11-29T10:01:01Z')).health).toBe('silent')
    expect(readHealth(buoy({ lastReport: null, lastHeardAt: null }), at('23:00:00')).health).toBe('unknown')
  })
})

describe('commandReach()', () => {
  it('starts at the next session, and extends by one answer per message waiting ahead', () => {
    const reach = commandReach(buoy(), at('10:05:00'), 2)
    expect(reach?.expectedAt.from).toEqual(at('10:20:40'))
    expect(reach?.expectedAt.to).toEqual(new Date(at('10:27:30').getTime() + 2 * 380_000))
  })

  it('starts at the next retry after a missed report, then at the next grid mark', () => {
    expect(commandReach(buoy({ int: 60 }), at('11:09:00'))?.expectedAt.from).toEqual(at('11:10:00'))
    expect(commandReach(buoy({ int: 60 }), at('11:50:00'))?.expectedAt.from).toEqual(at('12:00:00'))
  })

  it('expects no answer from a v2 buoy', () => {
    const reach = commandReach(buoy({ generation: 'v2', intervalMinutes: 30 }), at('10:05:00'))
    expect(reach?.expectedAt.from).toEqual(at('10:31:00'))
    expect(reach?.answeredBy).toBeNull()
  })
})

describe('estimateIntervalMinutes()', () => {
  it.each([
    ['three reports 30 min apart', ['10:00:00', '10:31:00', '11:01:30'], 30],
    ['reports with one fix missed', ['09:00:00', '09:30:40', '10:01:20', '11:50:00'], 30],
    ['two reports', ['10:00:00', '10:30:00'], null],
    ['no two spacings alike', ['10:00:00', '10:30:00', '12:00:00'], null],
    ['no reports', [], null],
  ])('returns an interval or null for %s', (_, times, minutes) => {
    expect(estimateIntervalMinutes(times.map(at))).toBe(minutes)
  })
})
