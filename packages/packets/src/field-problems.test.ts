import { assert, bytesOf, describe, it } from '../test/harness.ts'
import { decode } from './decode.ts'
import { FIELD_PROBLEM_CODES, type PositionReport } from './report.ts'

const context = { receivedAt: new Date('2026-11-24T03:05:33Z'), transmitTime: new Date('2026-11-24T03:05:31Z') }

const fields: Readonly<Record<string, string>> = {
  lat: '3749.5074',
  NS: 'N',
  lon: '12216.6021',
  EW: 'W',
  utc: '030501.086',
  sog: '0.5',
  cog: '12',
  sta: '01',
  batt: '4.7',
  int: '10',
  sl: '5',
  st: '2',
}

function packet(changes: Record<string, string | undefined> = {}): string {
  const all = Object.entries({ ...fields, ...changes }).filter(([, value]) => value !== undefined)
  return `PK001;${all.map(([key, value]) => `${key}:${value}`).join(',')}`
}

function decodePosition(text: string): PositionReport {
  const result = decode(bytesOf(text), context)
  assert.ok(result.ok && result.report.kind === 'position')
  return result.report
}

const whole = decodePosition(packet())
const noTime = { fixAt: null, fixSkewSeconds: null }
const noFix = { hasFix: false, ...noTime }
const MINUTES = 'has more than 60 minutes'
const FORM = 'is not degrees and decimal minutes, [D]DDMM.mmmm'
const NUMBER = 'is not a decimal number'
const COUNT = 'is not a whole number without sign'

type Row = [field: string, raw: string, code: string, detail: string, lost: Partial<PositionReport>]

const table: readonly Row[] = [
  ['lat', '3760.0001', 'out-of-range', MINUTES, { latitudeDegrees: null, ...noFix }],
  ['lat', '37', 'malformed', FORM, { latitudeDegrees: null, ...noFix }],
  ['lat', '3749', 'malformed', FORM, { latitudeDegrees: null, ...noFix }],
  ['lat', '-3749.5074', 'malformed', FORM, { latitudeDegrees: null, ...noFix }],
  ['lat', '37.825', 'malformed', FORM, { latitudeDegrees: null, ...noFix }],
  ['lat', '3749.507\xff', 'malformed', FORM, { latitudeDegrees: null, ...noFix }],
  [
    'lat',
    '9000.0001',
    'out-of-range',
    'is beyond 90 degrees: no fix',
    { latitudeDegrees: null, longitudeDegrees: null, ...noFix },
  ],
  [
    'lon',
    '18000.0001',
    'out-of-range',
    'is beyond 180 degrees: no fix',
    { latitudeDegrees: null, longitudeDegrees: null, ...noFix },
  ],
  [
    'lat',
    '9060.0000',
    'out-of-range',
    'is beyond 90 degrees: no fix',
    { latitudeDegrees: null, longitudeDegrees: null, ...noFix },
  ],
  [
    'lon',
    '18060.0000',
    'out-of-range',
    'is beyond 180 degrees: no fix',
    { latitudeDegrees: null, longitudeDegrees: null, ...noFix },
  ],
  ['lon', '12299.0000', 'out-of-range', MINUTES, { longitudeDegrees: null, ...noFix }],
  ['NS', 'W', 'malformed', 'is neither N nor S', { latitudeDegrees: null, ...noFix }],
  ['EW', 'w', 'malformed', 'is neither E nor W', { longitudeDegrees: null, ...noFix }],
  ['utc', '30501', 'malformed', 'is not a time of day, HHMMSS or HHMMSS.fff', noTime],
  ['utc', '250000', 'out-of-range', 'is no time of a day', noTime],
  ['utc', '236000', 'out-of-range', 'is no time of a day', noTime],
  ['utc', '235961', 'out-of-range', 'is no time of a day', noTime],
  ['sog', 'nan', 'malformed', NUMBER, { sogKnots: null }],
  ['sog', '1e3', 'malformed', NUMBER, { sogKnots: null }],
  ['sog', '-0.1', 'out-of-range', 'is not within 0..999 knots', { sogKnots: null }],
  ['cog', '360.1', 'out-of-range', 'is not within 0..360 degrees', { cogDegrees: null }],
  ['sta', '0g', 'malformed', 'is not two hexadecimal digits', { status: null, beaconOn: null }],
  ['sta', '001', 'malformed', 'is not two hexadecimal digits', { status: null, beaconOn: null }],
  ['batt', '4.7V', 'malformed', NUMBER, { batteryVolts: null }],
  ['batt', '9'.repeat(400), 'malformed', NUMBER, { batteryVolts: null }],
  ['batt', '-1', 'out-of-range', 'is not within 0..99 volts', { batteryVolts: null }],
  ['int', '10.5', 'malformed', COUNT, { intervalMinutes: null }],
  ['sl', '-1', 'malformed', COUNT, { sleepMinutes: null }],
  ['st', 'x', 'malformed', COUNT, { reasonCode: null, reason: null }],
]

describe('decode() keeps every other field when one is bad', () => {
  for (const [field, raw, code, detail, lost] of table) {
    it(`${field}:${raw.slice(0, 20)}`, () => {
      const report = decodePosition(packet({ [field]: raw }))
      const { problems, ...values } = report
      assert.deepEqual(values, { ...omitProblems(whole), ...lost })
      assert.deepEqual(
        problems.map((problem) => ({ field: problem.field, code: problem.code, detail: problem.detail })),
        [{ field, code, detail }],
      )
    })
  }
})

it('decode() keeps a fix whose minutes the device rounded up to 60', () => {
  const report = decodePosition(packet({ lat: '3760.0000', lon: '17960.0000' }))
  assert.deepEqual(report, { ...whole, latitudeDegrees: 38, longitudeDegrees: -180 })
})

describe('decode() treats a missing, empty or None field as not sent', () => {
  const optional = {
    sog: 'sogKnots',
    cog: 'cogDegrees',
    batt: 'batteryVolts',
    int: 'intervalMinutes',
    sl: 'sleepMinutes',
  }
  for (const [field, name] of Object.entries(optional)) {
    for (const value of [undefined, '', 'None']) {
      it(`${field}:${value}`, () => {
        assert.deepEqual(decodePosition(packet({ [field]: value })), { ...whole, [name]: null })
      })
    }
  }

  for (const field of ['lat', 'NS', 'lon', 'EW', 'utc']) {
    it(`${field}: notes a problem, because a dated fix needs it`, () => {
      const report = decodePosition(packet({ [field]: undefined }))
      assert.equal(report.fixAt, null)
      assert.deepEqual(report.problems, [{ field, code: 'missing', detail: 'is missing or empty', raw: '' }])
      assert.deepEqual(decodePosition(packet({ [field]: 'None' })), report)
    })
  }
})

describe('decode() with a repeated field', () => {
  const repeated = { field: 'batt', code: 'repeated', detail: 'came before, the last readable value counts' }

  it('keeps the last value', () => {
    const report = decodePosition(`${packet()},batt:4.1`)
    assert.deepEqual(report, { ...whole, batteryVolts: 4.1, problems: [{ ...repeated, raw: '4.1' }] })
  })

  it('keeps the last readable value', () => {
    const report = decodePosition(`${packet()},batt:low`)
    assert.equal(report.batteryVolts, 4.7)
    assert.deepEqual(
      report.problems.map((problem) => problem.code),
      ['repeated', 'malformed'],
    )
  })

  it('ignores an empty or None repeat', () => {
    assert.deepEqual(decodePosition(`${packet()},batt:,lat:None`), whole)
  })

  it('keeps the last value of an unknown field', () => {
    const report = decodePosition(`${packet()},x:1,x:2`)
    assert.deepEqual(report.unknownFields, { x: '2' })
    assert.deepEqual(report.problems, [
      { field: 'x', code: 'repeated', detail: 'came before, the last one counts', raw: '2' },
    ])
  })
})

describe('decode() with parts that are not fields', () => {
  it('notes each and keeps the rest', () => {
    const report = decodePosition(`${packet()},noise,:4,,x:\xb0`)
    assert.deepEqual(report, {
      ...whole,
      unknownFields: { x: '\xb0' },
      problems: [
        { field: '', code: 'no-key', detail: 'is no key:value pair', raw: 'noise' },
        { field: '', code: 'no-key', detail: 'has an empty key', raw: '4' },
        { field: 'x', code: 'not-ascii', detail: 'holds bytes that are not printable ASCII', raw: '\xb0' },
      ],
    })
  })

  it('keeps values beyond the eight of PK004 under their position', () => {
    const report = decodePosition('PK004;3749.5074,N,12216.6021,W,0.5,12,030501.086,01,,7')
    assert.equal(report.hasFix, true)
    assert.deepEqual(report.unknownFields, { 10: '7' })
    assert.deepEqual(report.problems, [
      { field: '10', code: 'extra-value', detail: 'is beyond the 8 values of the packet', raw: '7' },
    ])
  })

  it('reads a packet without any fields as a report without a fix', () => {
    for (const text of ['PK001', 'PK001;', 'PK101;,,', 'PK004;']) {
      const report = decodePosition(text)
      assert.equal(report.hasFix, false)
      assert.deepEqual(
        report.problems.map((problem) => problem.field),
        ['lat', 'NS', 'lon', 'EW', 'utc'],
      )
    }
  })
})

describe('decode() without a fix', () => {
  it('keeps the readable coordinate, unless the device itself reports no fix', () => {
    assert.equal(decodePosition(packet({ lon: 'x' })).latitudeDegrees, whole.latitudeDegrees)
    const report = decodePosition(packet({ lon: '99900.0000' }))
    assert.deepEqual(report, { ...whole, ...noFix, latitudeDegrees: null, longitudeDegrees: null })
  })

  it('reads a position within 20 m of 0, 0 as no fix, in every packet type', () => {
    const battery = ',batt:4.2'
    for (const [lat, lon] of [
      ['000.0000', '000.0000'],
      ['000.0107', '000.0000'],
      ['000.0076', '000.0076'],
    ] as const) {
      for (const text of [
        `PK001;lat:${lat},NS:S,lon:${lon},EW:W,utc:030501${battery}`,
        `PK101;lat:${lat},NS:N,lon:${lon},EW:E,utc:030501,int:20,sl:0,st:0${battery}`,
        `PK004;${lat},N,${lon},E,0.5,12,030501.000,00`,
      ]) {
        const report = decodePosition(text)
        assert.deepEqual(
          [report.hasFix, report.latitudeDegrees, report.longitudeDegrees, report.fixAt],
          [false, null, null, null],
          text,
        )
        assert.deepEqual(
          report.problems.map(({ field, code }) => [field, code]),
          [['lat', 'null-island']],
          text,
        )
        if (text.includes(battery)) assert.equal(report.batteryVolts, 4.2)
      }
    }
    assert.equal(decodePosition(packet({ lat: '000.0000', lon: '000.0109' })).hasFix, true)
  })
})

describe('a report stays small', () => {
  it('whatever the message holds', () => {
    const noise = Array.from({ length: 5000 }, (_, index) => `\x01${index}:\x00\x02,\x03`).join(',')
    const report = decodePosition(`${packet()},${noise},batt:4.1`)
    assert.equal(report.batteryVolts, 4.1)
    assert.equal(report.problems.length, 33)
    assert.equal(report.problems.at(-1)?.code, 'more-problems')
    assert.ok(JSON.stringify(report).length < 60_000)
  })

  it('and notes what it does not keep', () => {
    const report = decodePosition(`${packet()},a:${'x'.repeat(3000)},b:1`)
    assert.deepEqual(report.unknownFields, { b: '1' })
    assert.deepEqual(
      report.problems.map((problem) => problem.code),
      ['not-kept'],
    )
    assert.equal(report.problems[0]?.raw.length, 81)
  })
})

it('every problem code in the table is documented', () => {
  for (const [, , code] of table) assert.ok(Object.hasOwn(FIELD_PROBLEM_CODES, code))
})

function omitProblems(report: PositionReport): Omit<PositionReport, 'problems'> {
  const { problems, ...values } = report
  assert.deepEqual(problems, [])
  return values
}
