import { assert, bytesOf, describe, it } from '../test/harness.ts'
import { decode } from './decode.ts'
import type { DecodeContext, DecodeResult, PositionReport, Report } from './report.ts'

const context: DecodeContext = {
  receivedAt: new Date('2026-11-24T03:05:33.500Z'),
  transmitTime: new Date('2026-11-24T03:05:31Z'),
}

const nothing: PositionReport = {
  kind: 'position',
  packetType: 'PK001',
  hasFix: false,
  latitudeDegrees: null,
  longitudeDegrees: null,
  fixAt: null,
  fixSkewSeconds: null,
  sogKnots: null,
  cogDegrees: null,
  batteryVolts: null,
  intervalMinutes: null,
  sleepMinutes: null,
  reasonCode: null,
  reason: null,
  status: null,
  beaconOn: null,
  unknownFields: {},
  problems: [],
}

const golden: Partial<PositionReport> = {
  hasFix: true,
  latitudeDegrees: 37 + 49.5074 / 60,
  longitudeDegrees: -(122 + 16.6021 / 60),
  fixAt: new Date('2026-11-24T03:05:01.086Z'),
  fixSkewSeconds: 29.914,
}

const PLACE = 'lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:030501.086'

const reports: readonly [title: string, text: string, report: Report][] = [
  [
    'PK001 of a v2 buoy',
    `PK001;${PLACE},sog:0.5,cog:12,sta:00,batt:4.7`,
    { ...nothing, ...golden, sogKnots: 0.5, cogDegrees: 12, status: '00', beaconOn: false, batteryVolts: 4.7 },
  ],
  [
    'PK001 of a handset, without status and battery',
    `PK001;${PLACE},sog:0,cog:0`,
    { ...nothing, ...golden, sogKnots: 0, cogDegrees: 0 },
  ],
  [
    'PK001 of a v3 development build, with the fields of PK101',
    `PK001;${PLACE},sog:0.000,cog:0,sta:01,batt:4.20,int:10,st:0`,
    {
      ...nothing,
      ...golden,
      sogKnots: 0,
      cogDegrees: 0,
      status: '01',
      beaconOn: true,
      batteryVolts: 4.2,
      intervalMinutes: 10,
      reasonCode: 0,
      reason: 'normal',
    },
  ],
  [
    'PK004 by radio',
    'PK004;3749.5074,N,12216.6021,W,0.5,12,030501.086,00',
    {
      ...nothing,
      ...golden,
      packetType: 'PK004',
      sogKnots: 0.5,
      cogDegrees: 12,
      status: '00',
      beaconOn: false,
    },
  ],
  [
    'PK004 with None, an empty value and a trailing comma',
    'PK004;3749.5074,N,12216.6021,W,None,,030501.086,ff,',
    { ...nothing, ...golden, packetType: 'PK004', status: 'ff', beaconOn: true },
  ],
  [
    'PK101 of a v3 buoy',
    'PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:030501,batt:4.2,int:20,sl:0,st:3',
    {
      ...nothing,
      packetType: 'PK101',
      hasFix: true,
      latitudeDegrees: 35.5,
      longitudeDegrees: -122,
      fixAt: new Date('2026-11-24T03:05:01Z'),
      fixSkewSeconds: 30,
      batteryVolts: 4.2,
      intervalMinutes: 20,
      sleepMinutes: 0,
      reasonCode: 3,
      reason: 'configuration-changed',
    },
  ],
  [
    'PK101 without a fix: a sign of life, whose clock time does not count',
    'PK101;lat:99900.0000,NS:N,lon:99900.0000,EW:E,utc:000412,batt:4.1,int:10,sl:0,st:1',
    {
      ...nothing,
      packetType: 'PK101',
      batteryVolts: 4.1,
      intervalMinutes: 10,
      sleepMinutes: 0,
      reasonCode: 1,
      reason: 'power-on',
    },
  ],
  [
    'degrees without padding',
    'PK001;lat:800.0120,NS:S,lon:030.0000,EW:E,utc:030501.086',
    {
      ...nothing,
      ...golden,
      latitudeDegrees: -(8 + 0.012 / 60),
      longitudeDegrees: 0.5,
    },
  ],
  [
    'a pole and the date line',
    'PK001;lat:9000.0000,NS:S,lon:18000.0000,EW:W,utc:030501.086',
    {
      ...nothing,
      ...golden,
      latitudeDegrees: -90,
      longitudeDegrees: -180,
    },
  ],
  [
    'the equator, without a sign',
    'PK001;lat:000.0000,NS:S,lon:3000.0000,EW:W,utc:030501.086,sog:-0.0',
    {
      ...nothing,
      ...golden,
      latitudeDegrees: 0,
      longitudeDegrees: -30,
      sogKnots: 0,
    },
  ],
  [
    'the Greenwich meridian, without a sign',
    'PK001;lat:3000.0000,NS:N,lon:000.0000,EW:W,utc:030501.086',
    { ...nothing, ...golden, latitudeDegrees: 30, longitudeDegrees: 0 },
  ],
  [
    '300 m from null island',
    'PK001;lat:000.0000,NS:N,lon:000.1620,EW:W,utc:030501.086',
    { ...nothing, ...golden, latitudeDegrees: 0, longitudeDegrees: -0.0027 },
  ],
  [
    'fields in another order, with blanks, trailing comma and line end',
    `PK001; batt:4.7, ${PLACE} ,sog:None,cog:,\r\n`,
    {
      ...nothing,
      ...golden,
      batteryVolts: 4.7,
    },
  ],
  [
    'numbers with the floating-point noise that Python prints',
    `PK001;${PLACE},sog:0.30000000000000004,batt:4.6999998092651367`,
    { ...nothing, ...golden, sogKnots: 0.30000000000000004, batteryVolts: 4.6999998092651367 },
  ],
  [
    'unknown fields, kept',
    `PK001;${PLACE},hdop:1.2,__proto__:x,constructor:`,
    {
      ...nothing,
      ...golden,
      unknownFields: JSON.parse('{"hdop":"1.2","__proto__":"x","constructor":""}'),
    },
  ],
  [
    'an unknown reason',
    `PK101;${PLACE},st:9`,
    { ...nothing, ...golden, packetType: 'PK101', reasonCode: 9, reason: 'unknown' },
  ],
  [
    'PK005 on',
    'PK005;1',
    { kind: 'command', packetType: 'PK005', command: { command: 'beacon', on: true }, problems: [] },
  ],
  [
    'PK005 off',
    'PK005;0,',
    { kind: 'command', packetType: 'PK005', command: { command: 'beacon', on: false }, problems: [] },
  ],
  [
    'PK006',
    'PK006;10\n',
    { kind: 'command', packetType: 'PK006', command: { command: 'interval', minutes: 10 }, problems: [] },
  ],
  [
    'PK007',
    'PK007;259200',
    { kind: 'command', packetType: 'PK007', command: { command: 'sleep', seconds: 259_200 }, problems: [] },
  ],
  [
    'a command with an extra value',
    'PK006;10,20',
    {
      kind: 'command',
      packetType: 'PK006',
      command: { command: 'interval', minutes: 10 },
      problems: [{ field: '2', code: 'extra-value', detail: 'is beyond the one value of the packet', raw: '20' }],
    },
  ],
  ['a session without a payload', '', { kind: 'empty', packetType: null, problems: [] }],
]

describe('decode() returns the report of', () => {
  for (const [title, text, report] of reports) {
    it(title, () => {
      assert.deepEqual(decode(bytesOf(text), context), { ok: true, report } satisfies DecodeResult)
    })
  }
})

const failures: readonly [text: string, packetType: string | null, code: string, detail: string][] = [
  ['hello', null, 'no-packet-type', 'the message does not begin with PK and three digits'],
  ['pk001;lat:1', null, 'no-packet-type', 'the message does not begin with PK and three digits'],
  ['PK0011;lat:1', null, 'no-packet-type', 'the message does not begin with PK and three digits'],
  [' \r\n', null, 'no-packet-type', 'the message does not begin with PK and three digits'],
  ['\x00\x01\x02', null, 'not-ascii', 'the byte 0x00 at offset 0 is not printable ASCII'],
  ['h\xe9llo', null, 'not-ascii', 'the byte 0xe9 at offset 1 is not printable ASCII'],
  ['P\x00K\x000\x00', null, 'not-ascii', 'the byte 0x00 at offset 1 is not printable ASCII'],
  ['PK999;1', 'PK999', 'unknown-type', 'PK999 is no known packet type'],
  ['PK002', 'PK002', 'unknown-type', 'PK002 is no known packet type'],
  ['PK001,lat:1', 'PK001', 'no-separator', 'the packet type is not followed by a semicolon'],
  ['PK005', 'PK005', 'missing-value', 'the command has no value'],
  ['PK006;,10', 'PK006', 'missing-value', 'the command has no value'],
  ['PK005;2', 'PK005', 'malformed-value', 'the value is neither 1 nor 0'],
  ['PK006;ten', 'PK006', 'malformed-value', 'the value is not a whole number without sign'],
  ['PK006;-5', 'PK006', 'malformed-value', 'the value is not a whole number without sign'],
  ['PK007;20.5', 'PK007', 'malformed-value', 'the value is not a whole number without sign'],
]

describe('decode() returns a reason for', () => {
  for (const [text, packetType, code, detail] of failures) {
    it(JSON.stringify(text), () => {
      assert.deepEqual(decode(bytesOf(text), context), { ok: false, packetType, reason: { code, detail } })
    })
  }
})

describe('decode()', () => {
  it('reads messages of any length', () => {
    const result = decode(bytesOf(`PK001;${PLACE},${'x'.repeat(1_000_000)},batt:4.7`), context)
    assert.ok(result.ok && result.report.kind === 'position')
    assert.equal(result.report.batteryVolts, 4.7)
    assert.equal(result.report.problems[0]?.code, 'no-key')
  })

  it('reads bytes from a SharedArrayBuffer', () => {
    const text = 'PK006;10'
    const shared = new Uint8Array(new SharedArrayBuffer(text.length))
    shared.set(bytesOf(text))
    assert.equal(decode(shared, context).ok, true)
  })
})
