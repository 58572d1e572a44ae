/**
 * Coordinates on the wire: degrees and decimal minutes in one number, `[D]DDMM.mmmm`, degrees not padded (`800.0120` is
 * 8°00.0120′, `030.0000` is half a degree), never signed: the hemisphere is a separate field. A device without a fix
 * sends 999 degrees (`99900.0000`).
 *
 * The devices round the minutes after splitting off the degrees: 59.99996 minutes arrive as `60.0000`. Exactly 60
 * minutes are the next degree (`3760.0000` is 38°); anything above is invalid.
 */
import { digitsToNumber } from './digits.ts'
import { malformed, outOfRange, read, type Reading } from './reading.ts'

const UNITS_PER_MINUTE = 10_000
const UNITS_PER_DEGREE = 60 * UNITS_PER_MINUTE

const FORM = 'is not degrees and decimal minutes, [D]DDMM.mmmm'
const MAX_DECIMALS = 12

/**
 * Parses `[D]DDMM.mmmm` as unsigned degrees; the result may exceed ±90/±180 (999 = no fix, `18060.0000` = 181), which
 * the caller has to judge. Minutes go up to exactly 60.
 */
export function readCoordinate(raw: string): Reading<number> {
  const point = raw.indexOf('.')
  const decimals = raw.length - point - 1
  // At least one digit of degrees, and a fraction: otherwise `37`, the start of a truncated `3749.5074`, would be
  // 0°37′.
  if (point < 3 || point > 7 || decimals < 1 || decimals > MAX_DECIMALS) return malformed(FORM)
  const degrees = digitsToNumber(raw, 0, point - 2)
  const wholeMinutes = digitsToNumber(raw, point - 2, point)
  const fraction = digitsToNumber(raw, point + 1, raw.length)
  if (degrees < 0 || wholeMinutes < 0 || fraction < 0) return malformed(FORM)
  if (wholeMinutes > 60 || (wholeMinutes === 60 && fraction > 0)) return outOfRange('has more than 60 minutes')
  // A single division of two exact integers yields the number nearest to the decimal minutes as written.
  const scale = 10 ** decimals
  return read(degrees + (wholeMinutes * scale + fraction) / scale / 60)
}

/**
 * Writes degrees as the devices read them: `[D]DDMM.mmmm` without sign, degrees not padded.
 *
 * Rounds before it splits, so that 59.99999 minutes become the next degree and not `60.0000`.
 *
 * @param degrees finite; the sign is dropped
 */
export function formatCoordinate(degrees: number): string {
  const units = toUnits(degrees)
  const wholeDegrees = Math.floor(units / UNITS_PER_DEGREE)
  const rest = units % UNITS_PER_DEGREE
  const wholeMinutes = Math.floor(rest / UNITS_PER_MINUTE)
  return `${wholeDegrees}${digits(wholeMinutes, 2)}.${digits(rest % UNITS_PER_MINUTE, 4)}`
}

/** The hemisphere letter; zero counts as north or east. */
export function hemisphereOf(degrees: number, axis: 'latitude' | 'longitude'): 'N' | 'S' | 'E' | 'W' {
  const isNegative = degrees < 0 && toUnits(degrees) > 0
  if (axis === 'latitude') return isNegative ? 'S' : 'N'
  return isNegative ? 'W' : 'E'
}

function toUnits(degrees: number): number {
  return Math.round(Math.abs(degrees) * UNITS_PER_DEGREE)
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0')
}
