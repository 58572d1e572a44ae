import type { WholeMessage } from '@paikea/database'

import { sqs } from '../sqs/sqs.ts'
import { webhook } from '../webhook/webhook.ts'
import { testBody, withDeliveryId } from './formats.ts'
import { safeJson } from './safe-json.ts'

const at = new Date('2026-11-24T03:05:01.250Z')
const whole: WholeMessage = {
  messageId: 7,
  messageType: 'PK001',
  imei: '300234010753370',
  serial: '16949',
  momsn: 932,
  transmitTime: at,
  receivedAt: at,
  payload: Buffer.from('PK001;lat:3749'),
  iridiumLatitude: 37.663,
  iridiumLongitude: -122,
  iridiumCepKm: 101,
  sessionStatus: 0,
  device: { id: 3, groupId: 1, iam: 'B003', kind: 'buoy', label: 'Tui ü' },
  report: {
    id: 9,
    messageId: 7,
    deviceId: 3,
    receivedAt: at,
    packetType: 'PK001',
    at,
    fixAt: at,
    claimedAt: null,
    hasFix: true,
    latitude: 37.825,
    longitude: -122.276,
    sogKnots: 0.5,
    cogDegrees: 12,
    batteryVolts: 12.4,
    batteryPercent: null,
    intervalMinutes: 20,
    sleepMinutes: null,
    reasonCode: null,
    reason: null,
    status: '01',
    beaconOn: true,
    fixSkewSeconds: 0,
    source: 'device',
    quality: 'good',
    problems: [],
    iridiumLatitude: 37.663,
    iridiumLongitude: -122,
    iridiumCepKm: 101,
    isIridiumReliable: true,
    repeatOfId: null,
  },
}
const format = (target: typeof webhook, message: WholeMessage | null, name: string | null = null): unknown => {
  const endpoint = { config: {}, format: name, deviceKind: null, generation: null }
  const formatted = target.format({ messageType: 'PK001', subject: null, whole: message }, endpoint)
  return formatted.ok ? JSON.parse(withDeliveryId(formatted.payload, '4711')) : formatted.reason
}

describe('bodies for programs', () => {
  it('hold message, device, modem and report under the delivery’s id (report format)', () => {
    expect(format(webhook, whole)).toEqual({
      id: '4711',
      type: 'report',
      device: { iam: 'B003', kind: 'buoy', label: 'Tui ü' },
      modem: { imei: '300234010753370', serial: '16949' },
      message: {
        id: 7,
        type: 'PK001',
        momsn: 932,
        transmitTime: '2026-11-24T03:05:01.250Z',
        receivedAt: '2026-11-24T03:05:01.250Z',
        hex: Buffer.from('PK001;lat:3749').toString('hex'),
        text: 'PK001;lat:3749',
      },
      report: expect.objectContaining({
        id: 9,
        at: '2026-11-24T03:05:01.250Z',
        latitude: 37.825,
        isRepeat: false,
        quality: 'good',
        problems: [],
        iridium: { latitude: 37.663, longitude: -122, cepKm: 101, reliable: true },
      }),
    })
  })

  it('hold exactly the vendor’s nine fields, all text but momsn (vendor format)', () => {
    expect(format(sqs, whole)).toEqual({
      imei: '300234010753370',
      serial: '16949',
      momsn: 932,
      transmit_time: '26-11-24 03:05:01',
      iridium_latitude: '37.663',
      iridium_longitude: '-122.0',
      iridium_cep: '101.0',
      iridium_session_status: '0',
      data: Buffer.from('PK001;lat:3749').toString('hex'),
    })
    expect(format(webhook, whole, 'vendor')).toEqual(format(sqs, whole))
  })

  it('are built without a report, but not from an empty message', () => {
    expect(format(webhook, { ...whole, report: null })).toMatchObject({ report: null, message: { id: 7 } })
    expect(format(webhook, { ...whole, report: null, payload: Buffer.alloc(0) })).toBe('nothing-to-send')
    expect(format(webhook, null)).toBe('nothing-to-send')
  })

  it('hold bytes that are not text only as hex', () => {
    expect(format(webhook, { ...whole, payload: Buffer.from([0, 255]) })).toMatchObject({
      message: { hex: '00ff', text: null },
    })
  })

  it('escape characters that XML cannot hold', () => {
    expect(safeJson({ text: 'a\u0000\ufffe\uffff\ud800' })).toBe('{"text":"a\\u0000\\ufffe\\uffff\\ud800"}')
  })

  it('mark a test as a test in either format', () => {
    expect(JSON.parse(testBody('report', at).toString())).toMatchObject({
      type: 'test',
      message: { text: 'PAIKEA TEST' },
    })
    const vendor = JSON.parse(testBody('vendor', at).toString())
    expect(Object.keys(vendor)).toEqual(Object.keys(Object(format(sqs, whole))))
    expect(Buffer.from(vendor.data, 'hex').toString()).toBe('PAIKEA TEST')
  })
})
