import { createTranslate } from '../i18n/translate.ts'
import { fixAgeWords, fixOldWords, formatAge, formatUtc } from './age.ts'
import { coordinateParts } from './coordinates.ts'
import { formatDue } from './moment.ts'
import { formatLatitude, formatLongitude } from './position.ts'
import { formatCourse, formatKnots, formatMinutes, formatReason, formatVolts, UNKNOWN } from './quantity.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

it.each([
  [-5000, '0 s'],
  [0, '0 s'],
  [59_999, '59 s'],
  [MINUTE, '1 min'],
  [HOUR - 1, '59 min'],
  [2 * HOUR + 5 * MINUTE, '2 h 05 min'],
  [24 * HOUR - 1, '23 h 59 min'],
  [76 * HOUR, '3 d 4 h'],
])('formatAge(%d) is "%s"', (age, text) => {
  expect(formatAge(age)).toBe(text)
})

it.each([
  [90_000, '1 min'],
  [0, '0 s'],
  [-1999, '0 s'],
  [-5000, '5 s ahead of now'],
  [-9 * MINUTE, '9 min ahead of now'],
])('fixAgeWords(%d) is "%s"', (age, text) => {
  expect(fixAgeWords(age, createTranslate())).toBe(text)
})

it('fixOldWords() words a fix as old or as ahead of now', () => {
  expect(fixOldWords(90_000, createTranslate())).toBe('1 min old')
  expect(fixOldWords(-49_000, createTranslate())).toBe('49 s ahead of now')
})

it('formatDue() shows when a report is due, with the date when it is another day', () => {
  const span = { from: '2026-11-24T10:18:00.000Z', to: '2026-11-24T10:22:00.000Z' }
  expect(formatDue(span, Date.parse('2026-11-24T10:00:00.000Z'), 'utc')).toBe('10:20 ± 2 min UTC')
  expect(formatDue(span, Date.parse('2026-11-23T23:59:00.000Z'), 'utc')).toBe('11-24 10:20 ± 2 min UTC')
})

it.each([
  ['ddm', ['37°49.507′ N', '122°16.602′ W']],
  ['dms', ['37°49′30.4″ N', '122°16′36.1″ W']],
  ['decimal', ['37.82512,', '-122.27670']],
] as const)('coordinateParts() formats latitude and longitude as %s', (format, parts) => {
  expect(coordinateParts(37.825123, -122.276702, format)).toEqual(parts)
})

it.each([
  [37.825123, '37°49.507′ N'],
  [-16.5, '16°30.000′ S'],
  [0, '00°00.000′ N'],
  [-0.5, '00°30.000′ S'],
  [37.999_999, '38°00.000′ N'],
  [90, '90°00.000′ N'],
])('formatLatitude(%d) is "%s"', (degrees, text) => {
  expect(formatLatitude(degrees)).toBe(text)
})

it.each([
  [-122.276702, '122°16.602′ W'],
  [5.05, '005°03.000′ E'],
  [-180, '180°00.000′ W'],
])('formatLongitude(%d) is "%s"', (degrees, text) => {
  expect(formatLongitude(degrees)).toBe(text)
})

it.each([
  [formatKnots(0.5), '0.5 kn'],
  [formatKnots(null), UNKNOWN],
  [formatCourse(12), '012°'],
  [formatCourse(359.7), '000°'],
  [formatVolts(4.7), '4.70 V'],
  [formatMinutes(10), '10 min'],
  [formatMinutes(360), '6 h'],
  [formatMinutes(90), '1 h 30 min'],
  [formatMinutes(null), UNKNOWN],
  [formatReason('woke-or-retried'), 'woke up or retried'],
  [formatReason('something new'), 'something new'],
  [formatReason(null), UNKNOWN],
  [formatUtc('2026-11-24T16:29:06.123Z'), '2026-11-24 16:29:06 UTC'],
])('%s', (actual, expected) => {
  expect(actual).toBe(expected)
})
