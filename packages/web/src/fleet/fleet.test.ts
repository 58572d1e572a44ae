import type { DeviceView, FleetView, MessageEventData, ReportEventData } from '@paikea/api/contract'
import { retryDelayMs } from '../api/event-stream.ts'
import { findDevices } from '../shell/finder.tsx'
import { applyMessage, applyReport } from './apply-events.ts'
import { createFleetStore } from './fleet-store.ts'

const device = (overrides: Partial<DeviceView> = {}): DeviceView => ({
  iam: 'PK001',
  kind: 'buoy',
  label: null,
  group: { id: 1, name: 'crew' },
  approved: true,
  generation: null,
  owner: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  modem: null,
  lastReport: null,
  lastFix: null,
  positionFrozenSince: null,
  lastSeen: null,
  health: 'unknown',
  healthReason: 'never-reported',
  nextExpected: null,
  ...overrides,
})
const fleetOf = (...items: DeviceView[]): FleetView => ({ items, nextCursor: null, at: '2026-11-24T12:00:00.000Z' })
const report = (hour: string, overrides: Partial<ReportEventData> = {}): ReportEventData => ({
  id: 1,
  messageId: 1,
  packetType: 'PK101',
  at: `2026-11-24T${hour}:00:00.000Z`,
  receivedAt: `2026-11-24T${hour}:01:00.000Z`,
  fixAt: `2026-11-24T${hour}:00:00.000Z`,
  hasFix: true,
  latitude: Number(hour),
  longitude: 5,
  sogKnots: 1,
  cogDegrees: 90,
  batteryVolts: 4.2,
  batteryPercent: null,
  intervalMinutes: 10,
  sleepMinutes: 0,
  reason: 'normal',
  reasonCode: 0,
  status: null,
  beaconOn: null,
  fixSkewSeconds: 0,
  source: 'device',
  iridium: null,
  isRepeat: false,
  claimedAt: null,
  quality: 'good',
  problems: [],
  imei: '300234010000001',
  iam: 'PK001',
  transmitTime: null,
  ...overrides,
})

describe('applyReport()', () => {
  it('updates the device named in the report and no other', () => {
    const other = device({ iam: 'PK002' })
    const after = applyReport(fleetOf(other, device()), report('10'))
    expect(after?.items[0]).toBe(other)
    expect(after?.items[1]).toMatchObject({
      lastFix: { at: '2026-11-24T10:00:00.000Z', latitude: 10 },
      lastReport: { batteryVolts: 4.2, reason: 'normal' },
      health: 'ok',
    })
  })

  it('keeps the newer position for a late report, but updates when the device was last heard', () => {
    const now = applyReport(fleetOf(device()), report('10'))
    const late = report('08', { receivedAt: '2026-11-24T11:00:00.000Z' })
    const after = now === null ? null : applyReport(now, late)
    expect(after?.items[0]).toMatchObject({
      lastFix: { latitude: 10 },
      lastReport: { at: '2026-11-24T10:00:00.000Z', receivedAt: '2026-11-24T11:00:00.000Z' },
    })
  })

  it('keeps the position for a suspect fix, and reports since when a repeated fix is frozen', () => {
    const now = applyReport(fleetOf(device()), report('10'))
    const lastFix = { at: '2026-11-24T10:00:00.000Z', latitude: 10 }
    const after = (change: ReportEventData) => (now === null ? null : applyReport(now, change)?.items[0])
    expect(after(report('11', { quality: 'suspect' }))).toMatchObject({ lastFix, positionFrozenSince: null })
    const repeat = report('10', { isRepeat: true, receivedAt: '2026-11-24T12:01:00.000Z' })
    expect(after(repeat)).toMatchObject({ lastFix, positionFrozenSince: lastFix.at })
  })

  it('keeps the position for a report without a fix, and any values that the report lacks', () => {
    const now = applyReport(fleetOf(device()), report('10'))
    const blind = report('11', { hasFix: false, fixAt: null, latitude: null, longitude: null, intervalMinutes: null })
    const after = now === null ? null : applyReport(now, blind)
    expect(after?.items[0]).toMatchObject({ lastFix: { latitude: 10 }, lastReport: { intervalMinutes: 10 } })
  })

  it('carries neither reason nor status over from an earlier report', () => {
    const now = applyReport(fleetOf(device()), report('10', { reason: 'power-on', status: '01' }))
    const after = now === null ? null : applyReport(now, report('11', { reason: null, status: null }))
    expect(after?.items[0]?.lastReport).toMatchObject({ reason: null, status: null, batteryVolts: 4.2 })
  })

  it('expects the next report one interval later, or none after a sleep or without an interval', () => {
    const span = { from: '2026-11-24T09:58:00.000Z', to: '2026-11-24T10:02:00.000Z', why: 'interval' as const }
    const due = fleetOf(device({ nextExpected: span as DeviceView['nextExpected'] }))
    const next = (change: ReportEventData) => applyReport(due, change)?.items[0]?.nextExpected
    expect(next(report('10'))).toEqual({ ...span, from: '2026-11-24T10:08:00.000Z', to: '2026-11-24T10:12:00.000Z' })
    expect(next(report('10', { sleepMinutes: 60 }))).toBeNull()
    expect(next(report('10', { intervalMinutes: null }))).toBeNull()
  })

  it('changes nothing when applied twice', () => {
    const once = applyReport(fleetOf(device()), report('10'))
    expect(once === null ? null : applyReport(once, report('10'))).toEqual(once)
  })

  it('returns null for an unknown device, and the same fleet when none is named', () => {
    expect(applyReport(fleetOf(device()), report('10', { iam: 'PK999' }))).toBeNull()
    const fleet = fleetOf(device())
    expect(applyReport(fleet, report('10', { iam: null }))).toBe(fleet)
  })
})

describe('applyMessage()', () => {
  const message = (hour: string, iam: string | null = 'HS001'): MessageEventData => ({
    id: 1,
    imei: '300234010000001',
    iam,
    state: 'accepted',
    packetType: 'PK006',
    receivedAt: `2026-11-24T${hour}:01:00.000Z`,
    transmitTime: `2026-11-24T${hour}:00:50.000Z`,
  })

  it('marks a device without reports as heard from, and changes nothing else', () => {
    const handset = device({ iam: 'HS001', kind: 'handset' })
    const after = applyMessage(fleetOf(device(), handset), message('10'))
    expect(after?.items[1]).toEqual({ ...handset, health: 'ok', lastSeen: '2026-11-24T10:01:00.000Z' })
    const later = after === null ? null : applyMessage(after, message('09'))
    expect(later?.items[1]?.lastSeen).toBe('2026-11-24T10:01:00.000Z')
  })

  it('sets health to ok only for a message sent after the device was last seen', () => {
    const late = device({ iam: 'HS001', health: 'late', lastSeen: '2026-11-24T10:00:00.000Z' })
    expect(applyMessage(fleetOf(late), message('09'))?.items[0]).toEqual(late)
    expect(applyMessage(fleetOf(late), message('10'))?.items[0]?.health).toBe('ok')
    const old = { ...message('10'), transmitTime: '2026-11-21T10:00:00.000Z' }
    expect(applyMessage(fleetOf(late), old)?.items[0]).toEqual({ ...late, lastSeen: old.receivedAt })
  })

  it('returns null for an unknown device, and the same fleet when none is named', () => {
    const fleet = fleetOf(device())
    expect(applyMessage(fleet, message('10'))).toBeNull()
    expect(applyMessage(fleet, message('10', null))).toBe(fleet)
  })
})

describe('createFleetStore()', () => {
  it('applies events that arrived while the fleet was being read', async () => {
    let answer: (fleet: FleetView) => void = () => undefined
    const store = createFleetStore(() => new Promise((resolve) => (answer = resolve)))
    const reading = store.refresh()
    store.onReport(report('10'))
    store.onMessage({
      id: 2,
      imei: null,
      iam: 'PK001',
      state: 'accepted',
      packetType: null,
      transmitTime: null,
      receivedAt: '2026-11-24T10:30:00.000Z',
    })
    answer(fleetOf(device()))
    await reading
    expect(store.get().fleet?.items[0]?.lastFix?.latitude).toBe(10)
    expect(store.get().fleet?.items[0]?.lastSeen).toBe('2026-11-24T10:30:00.000Z')
  })

  it('reads once more, however often refresh() is called during a read', async () => {
    let reads = 0
    const store = createFleetStore(async () => {
      reads += 1
      return fleetOf(device())
    })
    await Promise.all([store.refresh(), store.refresh(), store.refresh()])
    expect(reads).toBe(2)
  })

  it('reads the fleet again on a report of an unknown device', async () => {
    const answers = [fleetOf(device()), fleetOf(device(), device({ iam: 'PK002' }))]
    const store = createFleetStore(async () => answers.shift() ?? fleetOf())
    await store.refresh()
    store.onReport(report('10', { iam: 'PK002' }))
    await store.refresh()
    expect(store.get().fleet?.items).toHaveLength(0)
    expect(answers).toHaveLength(0)
  })

  it('keeps the fleet when a read fails, and reports the error until a read succeeds', async () => {
    let isDown = false
    const store = createFleetStore(
      async () => {
        if (isDown) throw new Error('away')
        return fleetOf(device())
      },
      () => Date.parse('2026-11-24T11:59:00.000Z'),
    )
    await store.refresh()
    expect(store.get()).toMatchObject({ error: null, clockOffsetMs: 60_000 })
    isDown = true
    await store.refresh()
    expect(store.get().fleet?.items).toHaveLength(1)
    expect(store.get().error?.message).toBe('away')
    isDown = false
    await store.refresh()
    expect(store.get().error).toBeNull()
  })
})

it('retryDelayMs() doubles with each attempt, with jitter, up to a bound', () => {
  expect([1, 2, 3].map((attempt) => retryDelayMs(attempt, 1))).toEqual([1000, 2000, 4000])
  expect(retryDelayMs(1, 0)).toBe(500)
  expect(retryDelayMs(50, 1)).toBe(30_000)
})

it('findDevices() matches parts of name, label and IMEI, in any case and order', () => {
  const devices = [
    device({ iam: 'PK001', label: 'Tahi, north of the reef' }),
    device({ iam: 'PK002', label: 'Rua', modem: { imei: '300234010753370', serial: null } }),
  ]
  const namesOf = (words: string) => findDevices(devices, words).map(({ iam }) => iam)
  expect(namesOf('  ')).toEqual(['PK001', 'PK002'])
  expect(namesOf('REEF pk001')).toEqual(['PK001'])
  expect(namesOf('53370')).toEqual(['PK002'])
  expect(namesOf('reef rua')).toEqual([])
})
