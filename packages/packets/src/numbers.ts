import { digitsToNumber } from './digits.ts'
import { malformed, outOfRange, read, type Reading } from './reading.ts'

// Bounded: a longer run of digits is not a measurement. Python prints up to 17 decimals for inexact binary values.
const MAX_WHOLE_DIGITS = 9
const MAX_DECIMALS = 20

/**
 * Parses a decimal number as devices print it: digits, optionally a fraction and a minus; no exponent.
 *
 * @param range inclusive limits and the unit for the message
 */
export function readDecimal(raw: string, range: { min: number; max: number; unit: string }): Reading<number> {
  if (!isDecimal(raw)) return malformed('is not a decimal number')
  const value = Number(raw)
  if (value < range.min || value > range.max)
    return outOfRange(`is not within ${range.min}..${range.max} ${range.unit}`)
  return read(value + 0) // `-0.0` becomes 0
}

/** Parses an unsigned whole number of at most nine digits. */
export function readWhole(raw: string): Reading<number> {
  const value = raw.length > MAX_WHOLE_DIGITS ? -1 : digitsToNumber(raw, 0, raw.length)
  return value < 0 ? malformed('is not a whole number without sign') : read(value)
}

function isDecimal(raw: string): boolean {
  const start = raw.startsWith('-') ? 1 : 0
  const point = raw.indexOf('.')
  const end = point === -1 ? raw.length : point
  if (end - start > MAX_WHOLE_DIGITS || digitsToNumber(raw, start, end) < 0) return false
  if (point === -1) return true
  return raw.length - point - 1 <= MAX_DECIMALS && digitsToNumber(raw, point + 1, raw.length) >= 0
}
