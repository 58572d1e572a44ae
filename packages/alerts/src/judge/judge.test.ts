import { DEFAULT_ALERT_RULES } from '@paikea/domain'
import { type Circumstances, judgeDevice } from './device.ts'
import { distanceMetres } from './distance.ts'
import { judgeDisk, judgeParked } from './parked-and-disk.ts'
import { tellAt } from './quiet-hours.ts'
import type { Subject } from './subject.ts'
import { isExplainedBy, judgeVendor } from './vendor.ts'

const NOON = new Date('2026-11-24T12:00:00Z')
const minutes = (count: number, from = NOON) => new Date(from.getTime() + count * 60_000)
const calm: Circumstances = { rules: DEFAULT_ALERT_RULES, vendor: null, open: new Set(), now: NOON }

interface Wanted {
  readonly id?: number
  readonly reportAt?: Date
  readonly volts?: number
  readonly frozenSince?: Date | null
  readonly suspectAt?: Date | null
  readonly isAtSea?: boolean
  readonly kind?: 'buoy' | 'handset'
  readonly shore?: Subject['shore']
}

/** A v3 buoy at 20 minutes that reported on time. */
function buoy(wanted: Wanted = {}): Subject {
  const { id = 1, reportAt = NOON, volts = 4.1, frozenSince = null, suspectAt = null, isAtSea = true } = wanted
  const state = {
    lastReportAt: reportAt,
    lastFixAt: reportAt,
    latitude: -16.5,
    longitude: -151.75,
    batteryVolts: volts,
    sogKnots: 0,
    cogDegrees: 0,
    intervalMinutes: 20,
    sleepMinutes: 0,
    reason: null,
    status: null,
    lastReceivedAt: reportAt,
    frozenSince,
  }
  return {
    device: {
      id,
      iam: `PK90${String(id)}`,
      kind: wanted.kind ?? 'buoy',
      label: null,
      state,
      lastSeenAt: reportAt,
      group: { id: 7, name: 'crew' },
    },
    knowledge: {
      generation: 'v3',
      lastReport: { transmittedAt: reportAt, fixAt: reportAt, intervalMinutes: 20, sleepMinutes: 0 },
      lastHeardAt: reportAt,
      intervalMinutes: null,
      orderedSleep: null,
    },
    suspectAt,
    isAtSea,
    shore: wanted.shore ?? null,
  }
}

const kindsOf = (subject: Subject, circumstances: Partial<Circumstances> = {}) =>
  judgeDevice(subject, { ...calm, ...circumstances }).map(({ kind }) => kind)

describe('judgeDevice()', () => {
  it('finds nothing wrong with a healthy buoy', () => {
    expect(kindsOf(buoy())).toEqual([])
  })

  it('reports silence only after the retries, for a buoy at sea, with the rule switched on', () => {
    expect(kindsOf(buoy(), { now: minutes(28) })).toEqual([])
    expect(kindsOf(buoy(), { now: minutes(200) })).toEqual(['device-silent'])
    expect(kindsOf(buoy({ isAtSea: false }), { now: minutes(200) })).toEqual([])
    expect(kindsOf(buoy({ kind: 'handset' }), { now: minutes(200) })).toEqual([])
    const off = { ...DEFAULT_ALERT_RULES, off: ['device-silent' as const] }
    expect(kindsOf(buoy(), { now: minutes(200), rules: off })).toEqual([])
  })

  it('keeps a low-battery alert open until the voltage has clearly recovered', () => {
    expect(kindsOf(buoy({ volts: 3.49 }))).toEqual(['battery-low'])
    expect(kindsOf(buoy({ volts: 3.55 }))).toEqual([])
    expect(kindsOf(buoy({ volts: 3.55 }), { open: new Set(['battery-low/1']) })).toEqual(['battery-low'])
    expect(kindsOf(buoy({ volts: 3.6 }), { open: new Set(['battery-low/1']) })).toEqual([])
  })

  it('reports a position frozen for over an hour, and an implausible one', () => {
    expect(kindsOf(buoy({ frozenSince: minutes(-59) }))).toEqual([])
    expect(kindsOf(buoy({ frozenSince: minutes(-61) }))).toEqual(['position-frozen'])
    expect(kindsOf(buoy({ suspectAt: NOON }))).toEqual(['position-implausible'])
  })

  it('reports a buoy outside its watch circle until it is well inside again', () => {
    const around = (radiusMetres: number) => ({
      ...DEFAULT_ALERT_RULES,
      watchCircles: [{ iam: 'PK901', latitudeDegrees: -16.5, longitudeDegrees: -151.76, radiusMetres }],
    })
    // 0.01° of longitude there is 1,066 m.
    expect(kindsOf(buoy(), { rules: around(1_100) })).toEqual([])
    expect(kindsOf(buoy(), { rules: around(1_000) })).toEqual(['left-watch-circle'])
    const open = new Set(['left-watch-circle/1'])
    expect(kindsOf(buoy(), { rules: around(1_100), open })).toEqual(['left-watch-circle'])
    expect(kindsOf(buoy(), { rules: around(1_200), open })).toEqual([])
  })
})

describe('judgeDevice() near the coast', () => {
  const off = (metres: number | null) => buoy({ shore: { isOnLand: false, metres } })
  const open = new Set(['came-ashore/1'])

  it('reports a buoy within the shore limit until it is well clear again', () => {
    expect(kindsOf(off(null))).toEqual([])
    expect(kindsOf(off(1_100))).toEqual([])
    expect(kindsOf(off(900))).toEqual(['came-ashore'])
    expect(kindsOf(off(1_100), { open })).toEqual(['came-ashore'])
    expect(kindsOf(off(1_400), { open })).toEqual([])
  })

  it('reports only a buoy on land when the limit is 0, and none on the bench', () => {
    const rules = { ...DEFAULT_ALERT_RULES, shoreMetres: 0 }
    expect(kindsOf(off(10), { rules })).toEqual([])
    const ashore = { isOnLand: true, metres: 4_000 }
    expect(kindsOf(buoy({ shore: ashore }), { rules })).toEqual(['came-ashore'])
    expect(kindsOf(buoy({ shore: ashore, isAtSea: false }))).toEqual([])
    expect(judgeDevice(buoy({ shore: ashore }), calm)[0]?.summary).toMatch(
      /^PK901 is coming ashore: .* lies on land\.$/,
    )
  })
})

describe('judgeVendor()', () => {
  const fleet = [1, 2, 3, 4].map((id) => buoy({ id }))

  it('reports the vendor silent when two or more buoys are overdue and nothing has arrived', () => {
    expect(judgeVendor(fleet, { lastReceiptAt: NOON, now: minutes(20) })).toBeNull()
    expect(judgeVendor(fleet, { lastReceiptAt: NOON, now: minutes(60) })?.finding).toMatchObject({
      kind: 'vendor-silent',
      groupId: null,
      since: NOON,
    })
    expect(judgeVendor(fleet, { lastReceiptAt: minutes(55), now: minutes(60) })).toBeNull()
    expect(judgeVendor(fleet.slice(0, 2), { lastReceiptAt: NOON, now: minutes(60) })).not.toBeNull()
    expect(judgeVendor(fleet.slice(0, 1), { lastReceiptAt: NOON, now: minutes(60) })).toBeNull()
  })

  it('explains the silence of every buoy except one that was silent beforehand', () => {
    const now = minutes(300)
    const vendor = judgeVendor(fleet, { lastReceiptAt: NOON, now })?.silence ?? null
    for (const subject of fleet) expect(kindsOf(subject, { vendor, now })).toEqual([])
    expect(kindsOf(buoy({ reportAt: minutes(-600) }), { vendor, now })).toEqual(['device-silent'])
  })

  it('still explains a buoy’s silence just after the vendor recovers, but not hours later', () => {
    const silence = { since: NOON, endedAt: minutes(300) }
    expect(isExplainedBy(buoy(), silence, minutes(301))).toBe(true)
    expect(isExplainedBy(buoy(), silence, minutes(600))).toBe(false)
  })
})

describe('judgeParked() and judgeDisk()', () => {
  it('raise one alert per target of parked deliveries', () => {
    const row = { groupId: 7, count: 3, since: NOON, reason: 'no-credit' }
    const found = judgeParked([
      { ...row, targetKey: 'modem endpoint 1' },
      { ...row, targetKey: 'modem endpoint 2' },
    ])
    expect(new Set(found.map(({ openKey }) => openKey)).size).toBe(2)
    expect(found[0]?.summary).toContain('no-credit')
  })

  it('report a disk that is nearly full', () => {
    expect(judgeDisk({ freeBytes: 4e8, totalBytes: 5e8 }, NOON)).toHaveLength(1)
    expect(judgeDisk({ freeBytes: 4e9, totalBytes: 1e12 }, NOON)).toHaveLength(1)
    expect(judgeDisk({ freeBytes: 4e10, totalBytes: 1e11 }, NOON)).toEqual([])
  })
})

describe('tellAt()', () => {
  // Noon UTC is 01:00 of the next day in Auckland in November.
  const quiet = { from: '22:00', to: '06:30', timeZone: 'Pacific/Auckland', except: ['disk-low' as const] }

  it('waits until quiet hours end in the given time zone, except for exempt kinds', () => {
    expect(tellAt('battery-low', quiet, NOON)).toEqual(new Date('2026-11-24T17:30:00Z'))
    expect(tellAt('battery-low', quiet, new Date('2026-11-24T17:30:00Z'))).toEqual(new Date('2026-11-24T17:30:00Z'))
    expect(tellAt('disk-low', quiet, NOON)).toBe(NOON)
    expect(tellAt('battery-low', null, NOON)).toBe(NOON)
  })

  it('handles quiet hours that do not cross midnight', () => {
    const siesta = { from: '12:00', to: '15:00', timeZone: 'UTC', except: [] }
    expect(tellAt('battery-low', siesta, NOON)).toEqual(minutes(180))
    expect(tellAt('battery-low', siesta, minutes(-1))).toEqual(minutes(-1))
  })
})

it('distanceMetres() measures across the date line', () => {
  const [east, west] = [-179.5, 179.5].map((longitudeDegrees) => ({ latitudeDegrees: 0, longitudeDegrees }))
  if (east === undefined || west === undefined) throw new Error('two places')
  expect(distanceMetres(east, west)).toBeCloseTo(111_195, -2)
})
