import { malformed, outOfRange, read, type Reading } from './reading.ts'

// Bounded lengths: a longer run of digits is no measurement, and Number() would lose digits or give Infinity.
const DECIMAL = /^-?\d{1,9}(?:\.\d{1,12})?$/
const WHOLE = /^\d{1,9}$/

/**
 * Reads a decimal number as devices print it: digits, perhaps a fraction, perhaps a minus; no exponent.
 *
 * @param range inclusive limits and the unit for the message
 */
export function readDecimal(raw: string, range: { min: number; max: number; unit: string }): Reading<number> {
  if (!DECIMAL.test(raw)) return malformed('is not a decimal number')
  const value = Number(raw)
  if (value < range.min || value > range.max)
    return outOfRange(`is not within ${range.min}..${range.max} ${range.unit}`)
  return read(value + 0) // `-0.0` becomes 0
}

/** Reads a whole number without sign, of nine digits at most. */
export function readWhole(raw: string): Reading<number> {
  return WHOLE.test(raw) ? read(Number(raw)) : malformed('is not a whole number without sign')
}
