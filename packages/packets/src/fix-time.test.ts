import { assert, bytesOf, describe, fc, it } from '../test/harness.ts'
import { printTime } from '../test/device-writers.ts'
import { decode } from './decode.ts'
import { formatTimeOfDay, readTimeOfDay, resolveFixTime } from './fix-time.ts'

const DAY_MS = 86_400_000

describe('readTimeOfDay()', () => {
  const table: readonly [raw: string, milliseconds: number][] = [
    ['000000', 0],
    ['191049', 69_049_000],
    ['191049.00', 69_049_000],
    ['030501.086', 11_101_086],
    ['030501.1', 11_101_100],
    ['030501.0869', 11_101_086],
    ['235959.9999', 86_399_999],
    ['104160', 38_520_000],
    ['235960', 86_400_000],
    ['235960.5', 86_400_500],
  ]
  for (const [raw, value] of table) {
    it(`reads ${raw}`, () => assert.deepEqual(readTimeOfDay(raw), { ok: true, value }))
  }

  for (const raw of ['', '1910', '19104', '1910490', '19:10:49', '191049.', ' 191049', '-91049', '19104a', '1e1049']) {
    it(`refuses ${JSON.stringify(raw)}`, () => {
      const reading = readTimeOfDay(raw)
      assert.ok(!reading.ok && reading.code === 'malformed')
    })
  }

  for (const raw of ['240000', '006000', '000061', '999999']) {
    it(`refuses ${raw}, which is not a time of day`, () => {
      const reading = readTimeOfDay(raw)
      assert.ok(!reading.ok && reading.code === 'out-of-range')
    })
  }
})

type Row = [title: string, utc: string, transmitTime: string, fixAt: string, skewSeconds: number]

const dated: readonly Row[] = [
  ['half a minute before Iridium', '030501.086', '2026-11-24T03:05:31Z', '2026-11-24T03:05:01.086Z', 29.914],
  ['seconds ahead of Iridium', '030504', '2026-11-24T03:05:01Z', '2026-11-24T03:05:04.000Z', -3],
  ['hours late', '030501', '2026-11-24T09:00:00Z', '2026-11-24T03:05:01.000Z', 21_299],
  ['hours late, across midnight', '220000', '2026-11-25T05:30:00Z', '2026-11-24T22:00:00.000Z', 27_000],
  ['seconds late, across midnight', '235958', '2026-11-25T00:00:07Z', '2026-11-24T23:59:58.000Z', 9],
  ['seconds ahead, across midnight', '000002', '2026-11-24T23:59:58Z', '2026-11-25T00:00:02.000Z', -4],
  ['across New Year', '235930', '2027-01-01T00:00:10Z', '2026-12-31T23:59:30.000Z', 40],
  ['ahead across New Year', '000001', '2026-12-31T23:59:59Z', '2027-01-01T00:00:01.000Z', -2],
  ['back to a leap day', '235930', '2028-03-01T00:00:10Z', '2028-02-29T23:59:30.000Z', 40],
  ['forward to a leap day', '000001', '2028-02-28T23:59:59Z', '2028-02-29T00:00:01.000Z', -2],
  ['back to the end of an ordinary February', '235930', '2027-03-01T00:00:10Z', '2027-02-28T23:59:30.000Z', 40],
  ['a century without a leap day', '235930', '2100-03-01T00:00:10Z', '2100-02-28T23:59:30.000Z', 40],
  ['14 hours late, not 10 ahead', '220000', '2026-11-24T12:00:00Z', '2026-11-23T22:00:00.000Z', 50_400],
  ['23 hours late, across New Year', '013000', '2027-01-01T00:30:00Z', '2026-12-31T01:30:00.000Z', 82_800],
  ['before the GPS knows the leap seconds', '120018', '2026-11-24T12:00:00Z', '2026-11-24T12:00:18.000Z', -18],
  ['ten minutes ahead', '121000', '2026-11-24T12:00:00Z', '2026-11-24T12:10:00.000Z', -600],
  ['ten minutes ahead, across New Year', '000955', '2026-12-31T23:59:55Z', '2027-01-01T00:09:55.000Z', -600],
  ['a moment more: the day before', '121000.001', '2026-11-24T12:00:00Z', '2026-11-23T12:10:00.001Z', 85_799.999],
  ['a leap second', '235960', '2016-12-31T23:59:58Z', '2017-01-01T00:00:00.000Z', -2],
  ['a leap second, sent after it', '235960', '2017-01-01T00:00:20Z', '2017-01-01T00:00:00.000Z', 20],
  ['at the same instant', '000000', '2026-11-24T00:00:00Z', '2026-11-24T00:00:00.000Z', 0],
]

function decodeTime(utc: string, context: { receivedAt: Date; transmitTime: Date | null }) {
  const result = decode(bytesOf(`PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:${utc}`), context)
  assert.ok(result.ok && result.report.kind === 'position')
  return result.report
}

describe('decode() dates a fix as late as transmit_time allows', () => {
  for (const [title, utc, transmitTime, fixAt, skewSeconds] of dated) {
    it(title, () => {
      // Received days later, as after an outage: that must not matter.
      const receivedAt = new Date(new Date(transmitTime).getTime() + 5.4 * DAY_MS)
      const report = decodeTime(utc, { receivedAt, transmitTime: new Date(transmitTime) })
      assert.equal(report.fixAt?.toISOString(), fixAt)
      assert.equal(report.fixSkewSeconds, skewSeconds)
      assert.deepEqual(report.problems, [])
    })
  }

  it('or as the time of receipt allows when transmit_time is missing or invalid, without a skew', () => {
    const receivedAt = new Date('2027-01-01T00:00:10Z')
    for (const transmitTime of [null, new Date(Number.NaN)]) {
      const report = decodeTime('235930', { receivedAt, transmitTime })
      assert.equal(report.fixAt?.toISOString(), '2026-12-31T23:59:30.000Z')
      assert.equal(report.fixSkewSeconds, null)
    }
  })

  it('and not at all without a valid time, but keeps the position', () => {
    const report = decodeTime('235930', { receivedAt: new Date(Number.NaN), transmitTime: null })
    assert.equal(report.hasFix, true)
    assert.equal(report.fixAt, null)
    assert.equal(report.problems[0]?.code, 'no-date')
  })

  it('in every packet type with a time', () => {
    const context = { receivedAt: new Date('2026-11-24T12:00:05Z'), transmitTime: new Date('2026-11-24T12:00:00Z') }
    for (const packet of [
      'PK001;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:220000,sog:0.5,cog:12,sta:00',
      'PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:220000,batt:4.2,int:20,sl:0,st:3',
      'PK004;3530.0000,N,12200.0000,W,0.5,12,220000.000,00',
    ]) {
      const result = decode(bytesOf(packet), context)
      assert.ok(result.ok && result.report.kind === 'position')
      assert.equal(result.report.fixAt?.toISOString(), '2026-11-23T22:00:00.000Z', packet)
    }
  })

  it('for any delay within the 24 hours that start ten minutes ahead', () => {
    const first = Date.UTC(2020, 0, 1)
    fc.assert(
      fc.property(
        fc.integer({ min: first, max: first + 30 * 366 * DAY_MS }),
        fc.integer({ min: -600_000, max: DAY_MS - 600_001 }),
        (fixMs, lateMs) => {
          const reading = readTimeOfDay(printTime(fixMs % DAY_MS))
          assert.ok(reading.ok)
          assert.equal(resolveFixTime(reading.value, new Date(fixMs + lateMs))?.getTime(), fixMs)
        },
      ),
      { numRuns: 5000 },
    )
  })

  it('before 1970 and at the limits of Date, without an exception', () => {
    assert.equal(resolveFixTime(1000, new Date('1969-12-31T00:00:00Z'))?.toISOString(), '1969-12-31T00:00:01.000Z')
    const lastMinute = DAY_MS - 30_000
    assert.equal(
      resolveFixTime(lastMinute, new Date('1969-12-31T00:00:10Z'))?.toISOString(),
      '1969-12-30T23:59:30.000Z',
    )
    assert.equal(resolveFixTime(DAY_MS - 1, new Date(8.64e15))?.getTime(), 8.64e15 - 1)
    assert.equal(resolveFixTime(1000, new Date(8.64e15)), null)
  })
})

describe('formatTimeOfDay()', () => {
  it('writes HHMMSS.fff in UTC', () => {
    assert.equal(formatTimeOfDay(new Date('2026-11-24T03:05:01.086Z')), '030501.086')
    assert.equal(formatTimeOfDay(new Date(8.64e15)), '000000.000')
    assert.equal(formatTimeOfDay(new Date('-000001-01-01T23:59:59.999Z')), '235959.999')
  })
})
