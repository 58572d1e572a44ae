/**
 * The three formats of the vendor's times, all UTC.
 *
 * - A: `YY-MM-DD HH:MM:SS`, two-digit year first
 * - B: ISO 8601, `2020-09-03T20:16:13Z`
 * - C: an object `{ year, month, day, hour, minute, second }`
 *
 * A leap second (`:60`) is the first second of the next minute. Nothing else is accepted: day-month-year and local time
 * are how existing receivers date messages to the wrong day.
 */

const SHORT_TIME = /^(\d\d)-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/
const EARLIEST_YEAR = 1970
const ISO_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)$/

/** Format A. `null` if it is not exactly that or no such moment exists (`21-02-30`). */
export function parseShortTime(text: string): Date | null {
  const match = SHORT_TIME.exec(text)
  if (match === null) return null
  const [, year, month, day, hour, minute, second] = match
  return moment(2000 + Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second), 0)
}

/** Format B. Fractions of a second are kept to the millisecond; a zone other than UTC is rejected. */
export function parseIsoTime(text: string): Date | null {
  const match = ISO_TIME.exec(text)
  if (match === null) return null
  const [, year, month, day, hour, minute, second, fraction] = match
  // No satellite sent a message before that; databases cannot store years before 1000.
  if (Number(year) < EARLIEST_YEAR) return null
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3))
  return moment(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second), milliseconds)
}

/** Format C. Members may be numbers or digits; `null` if one is missing or no such moment exists. */
export function parseTimeObject(value: unknown): Date | null {
  if (typeof value !== 'object' || value === null) return null
  const parts: number[] = []
  const members: Readonly<Record<string, unknown>> = { ...value }
  for (const name of ['year', 'month', 'day', 'hour', 'minute', 'second']) {
    const part = members[name]
    const isDigits = typeof part === 'string' && /^\d{1,4}$/.test(part)
    if (!isDigits && !Number.isInteger(part)) return null
    parts.push(Number(part))
  }
  const [year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN] = parts
  if (year < EARLIEST_YEAR || year > 9999) return null
  return moment(year, month, day, hour, minute, second, 0)
}

/** Writes format A. */
export function formatShortTime(at: Date): string {
  return at.toISOString().slice(2, 19).replace('T', ' ')
}

/** Writes format B, to the second. */
export function formatIsoTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}

function moment(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  milliseconds: number,
): Date | null {
  if (second === 60) return leapSecond(moment(year, month, day, hour, minute, 59, milliseconds))
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second, milliseconds))
  // Date.UTC carries over (31 February becomes March): if a part changed, the date never existed. It also maps years
  // below 100 to 1900 and later.
  const isSame =
    at.getUTCFullYear() === year &&
    at.getUTCMonth() === month - 1 &&
    at.getUTCDate() === day &&
    at.getUTCHours() === hour &&
    at.getUTCMinutes() === minute &&
    at.getUTCSeconds() === second
  return isSame ? at : null
}

function leapSecond(before: Date | null): Date | null {
  return before === null ? null : new Date(before.getTime() + 1000)
}
