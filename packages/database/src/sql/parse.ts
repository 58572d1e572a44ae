/** Marks a stored value that is not of its column's kind. */
export const WRONG = Symbol('wrong')
type Wrong = typeof WRONG

/** MySQL returns sums and large integers as text. */
export function parseNumber(stored: unknown): number | Wrong {
  if (typeof stored === 'number') return stored
  if (typeof stored === 'bigint') return Number(stored)
  if (typeof stored !== 'string' || stored === '') return WRONG
  const value = Number(stored)
  return Number.isNaN(value) ? WRONG : value
}

const TIME_TEXT = /^(\d{4}-\d\d-\d\d) (\S+)(?: \+00:00)?$/

/** A Date from MySQL; text from SQLite, "2026-11-24 16:29:06.123 +00:00". */
export function parseTime(stored: unknown): Date | Wrong {
  const at = typeof stored === 'string' ? readTimeText(stored) : stored
  return at instanceof Date && !Number.isNaN(at.getTime()) ? at : WRONG
}

/**
 * The last day read: in a column of times nearly every one is on the same day, and the calendar arithmetic is the
 * expensive part.
 */
let lastDay = { digits: Number.NaN, startMs: Number.NaN }

function readTimeText(text: string): Date {
  if (text.length !== 30 || !text.endsWith(' +00:00')) return new Date(text.replace(TIME_TEXT, '$1T$2Z'))
  // A file of tracks has a million of them: the digits are read in place.
  const digits = twoDigits(text, 0) * 1e6 + twoDigits(text, 2) * 1e4 + twoDigits(text, 5) * 100 + twoDigits(text, 8)
  if (digits !== lastDay.digits) lastDay = { digits, startMs: Date.parse(`${text.slice(0, 10)}T00:00:00Z`) }
  const hours = twoDigits(text, 11)
  const minutes = twoDigits(text, 14)
  const seconds = twoDigits(text, 17)
  if (!(hours < 24 && minutes < 60 && seconds < 60)) return new Date(Number.NaN)
  const millis = twoDigits(text, 20) * 10 + digit(text, 22)
  return new Date(lastDay.startMs + ((hours * 60 + minutes) * 60 + seconds) * 1_000 + millis)
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1)
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48
  return value >= 0 && value <= 9 ? value : Number.NaN
}

/** SQLite and MySQL return numbers. */
export function parseFlag(stored: unknown): boolean | Wrong {
  if (typeof stored === 'boolean') return stored
  const value = parseNumber(stored)
  return value === 0 ? false : value === 1 ? true : WRONG
}

export function parseText(stored: unknown): string | Wrong {
  return typeof stored === 'string' ? stored : WRONG
}

export function parseBytes(stored: unknown): Buffer | Wrong {
  if (Buffer.isBuffer(stored)) return stored
  return stored instanceof Uint8Array ? Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength) : WRONG
}

export function parseJson<T>(stored: unknown, read: (value: unknown) => T): T | Wrong {
  if (stored === null) return read(null)
  if (typeof stored !== 'string') return WRONG
  try {
    return read(JSON.parse(stored))
  } catch {
    return WRONG
  }
}
