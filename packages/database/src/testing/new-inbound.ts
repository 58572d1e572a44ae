import { randomUUID } from 'node:crypto'
import { NOTHING_REPORTED } from '../tables/reports.ts'
import { randomImei } from './factories.ts'
import type { NewInbound, NewReport } from '../store-batch/types.ts'

let count = 0

/** A message as the intake passes it to `storeBatch`, with a position unless `report` says otherwise. */
export function newInbound(overrides: Partial<NewInbound> = {}): NewInbound {
  count += 1
  return {
    // Names a workflow on the Temporal server shared by all test files: must be unique.
    duplicateKey: `a/test-${randomUUID()}`,
    format: 'rockblock',
    imei: randomImei(),
    serial: '16949',
    momsn: count % 65_536,
    transmitTime: new Date('2026-10-31T10:41:50Z'),
    receivedAt: new Date('2026-10-31T10:41:52.123Z'),
    state: 'accepted',
    reasonCode: null,
    reasonDetail: null,
    packetType: 'PK001',
    verifiedBy: 'secret',
    verificationNote: null,
    sourceAddress: '127.0.0.1',
    contentType: 'application/json',
    rawBody: Buffer.from('{"imei":"300234010753370"}'),
    payload: Buffer.from('PK001;'),
    decoded: { kind: 'position' },
    iridiumLatitude: -16.4,
    iridiumLongitude: -151.7,
    iridiumCepKm: 3,
    isIridiumReliable: true,
    sessionStatus: 0,
    problems: [],
    isKnownByPayload: true,
    isDatedByDay: false,
    report: newReport(),
    ...overrides,
  }
}

/** A report with a fix. */
export function newReport(overrides: Partial<NewReport> = {}): NewReport {
  const fixAt = overrides.fixAt ?? new Date('2026-10-31T10:40:00Z')
  return {
    ...NOTHING_REPORTED,
    packetType: 'PK001',
    at: fixAt,
    fixAt,
    hasFix: true,
    latitude: -16.512345,
    longitude: -151.754321,
    sogKnots: 1.25,
    cogDegrees: 270,
    batteryVolts: 12.4,
    status: '1',
    beaconOn: true,
    fixSkewSeconds: 110,
    source: 'device',
    quality: 'good',
    problems: [],
    ...overrides,
  }
}
