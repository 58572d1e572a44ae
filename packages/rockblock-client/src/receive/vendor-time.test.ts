import { describe, equal, it } from '../../test/harness.ts'
import { formatIsoTime, formatShortTime, parseIsoTime, parseShortTime, parseTimeObject } from './vendor-time.ts'

describe('vendor times', () => {
  it('parseShortTime() reads year-first UTC times, and formatShortTime() writes them back', () => {
    for (const written of ['21-10-31 10:41:50', '00-02-29 00:00:00', '99-12-31 23:59:59', '24-02-29 12:00:00']) {
      equal(parseShortTime(written)?.toISOString(), `20${written.replace(' ', 'T')}.000Z`)
      equal(formatShortTime(parseShortTime(written) ?? new Date(0)), written)
    }
  })

  it('every parser reads second 60 as the start of the next minute, even across midnight or New Year', () => {
    equal(parseShortTime('21-10-31 10:41:60')?.toISOString(), '2021-10-31T10:42:00.000Z')
    equal(parseShortTime('16-12-31 23:59:60')?.toISOString(), '2017-01-01T00:00:00.000Z')
    equal(parseIsoTime('2016-12-31T23:59:60.25Z')?.toISOString(), '2017-01-01T00:00:00.250Z')
    const parts = { year: 2024, month: 2, day: 28, hour: 23, minute: 59, second: 60 }
    equal(parseTimeObject(parts)?.toISOString(), '2024-02-29T00:00:00.000Z')
  })

  it('parseShortTime() refuses any other notation, and times that do not exist', () => {
    for (const wrong of [
      '',
      '21-10-31',
      '21-13-01 00:00:00',
      '23-02-29 00:00:00',
      '21-10-31 10:60:00',
      '21-10-31 10:41:61',
      '21-02-29 10:41:60',
      '21-10-31T10:41:50',
      ' 21-10-31 10:41:50',
      '21-10-31 10:41:50Z',
      '21-00-10 00:00:00',
      '21-10-00 00:00:00',
    ]) {
      equal(parseShortTime(wrong), null, wrong)
    }
  })

  it('parseIsoTime() reads UTC with fractions, and formatIsoTime() writes whole seconds', () => {
    equal(parseIsoTime('2020-09-03T20:16:13Z')?.getTime(), Date.UTC(2020, 8, 3, 20, 16, 13))
    equal(parseIsoTime('2020-09-03T20:16:13.1234567Z')?.getTime(), Date.UTC(2020, 8, 3, 20, 16, 13, 123))
    equal(parseIsoTime('2020-09-03T20:16:13.5+00:00')?.getTime(), Date.UTC(2020, 8, 3, 20, 16, 13, 500))
    equal(formatIsoTime(new Date(Date.UTC(2020, 8, 3, 20, 16, 13, 999))), '2020-09-03T20:16:13Z')
  })

  it('parseIsoTime() refuses local times, other zones, short years and days that do not exist', () => {
    for (const wrong of [
      '2020-09-03T20:16:13',
      '0000-01-01T00:00:00Z',
      '0999-01-01T00:00:00Z',
      '2020-09-03T20:16:13+02:00',
      '2020-02-30T20:16:13Z',
      '20-09-03T20:16:13Z',
      '2020-09-03',
    ]) {
      equal(parseIsoTime(wrong), null, wrong)
    }
  })

  it('parseTimeObject() reads numbers and digits, and refuses incomplete or invalid parts', () => {
    const parts = { year: 2023, month: 10, day: 18, hour: 12, minute: 26, second: 9 }
    equal(parseTimeObject(parts)?.toISOString(), '2023-10-18T12:26:09.000Z')
    equal(parseTimeObject({ ...parts, month: '10' })?.toISOString(), '2023-10-18T12:26:09.000Z')
    for (const wrong of [
      null,
      'x',
      {},
      { ...parts, day: 32 },
      { ...parts, second: undefined },
      { ...parts, year: 23 },
      { ...parts, hour: 1.5 },
    ]) {
      equal(parseTimeObject(wrong), null)
    }
  })
})
