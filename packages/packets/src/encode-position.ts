/**
 * The position of a buoy, for a handset (MT): `+DATA:PK004,3749.5074,N,12216.6021,W,0.5,12.0,030501.000,0;`, exactly eight
 * values, the last one a decimal integer; for a RockSTAR handset: one line of readable text.
 */
import { formatCoordinate, hemisphereOf } from './coordinate.ts'
import { encoded, refused, type EncodeProblem, type EncodeResult } from './encode-result.ts'
import { formatTimeOfDay } from './fix-time.ts'

/** A position to show on a handset. */
export interface HandsetPosition {
  /** North positive. */
  readonly latitudeDegrees: number
  /** East positive. */
  readonly longitudeDegrees: number
  readonly fixAt: Date
  /** @default null, sent to a handset as 0 */
  readonly sogKnots?: number | null
  /** Degrees true. @default null, sent to a handset as 0 */
  readonly cogDegrees?: number | null
  /** 0 to 255; reports have it in hexadecimal: `Number.parseInt(report.status, 16)`. @default 0 */
  readonly statusInteger?: number
}

/** A position to show on a RockSTAR. */
export type RockstarPosition = Pick<HandsetPosition, 'latitudeDegrees' | 'longitudeDegrees' | 'fixAt'>

type Refusal = { ok: false; problem: EncodeProblem }

/** Encodes a position as PK004 for a handset. */
export function encodePosition(position: HandsetPosition): EncodeResult {
  const { latitudeDegrees, longitudeDegrees, fixAt, sogKnots = null, cogDegrees = null, statusInteger = 0 } = position
  const refusal =
    checkFix(position) ??
    checkNumber('sogKnots', sogKnots, 0, 999) ??
    checkNumber('cogDegrees', cogDegrees, 0, 360) ??
    checkStatus(statusInteger)
  if (refusal !== null) return refusal
  const values = [
    formatCoordinate(latitudeDegrees),
    hemisphereOf(latitudeDegrees, 'latitude'),
    formatCoordinate(longitudeDegrees),
    hemisphereOf(longitudeDegrees, 'longitude'),
    formatTenths(sogKnots),
    formatCourse(cogDegrees),
    formatTimeOfDay(fixAt),
    String(statusInteger),
  ]
  return encoded(`+DATA:PK004,${values.join(',')};`)
}

/**
 * Encodes a position as a line of text for a RockSTAR: `2026-11-24 03:05:01 UTC, 37.82512 N, 122.27670 W`, in decimal
 * degrees (five digits are a metre), so that each coordinate is one number.
 */
export function encodeRockstarPosition(position: RockstarPosition): EncodeResult {
  const refusal = checkFix(position)
  if (refusal !== null) return refusal
  const { latitudeDegrees, longitudeDegrees, fixAt } = position
  const time = `${fixAt.toISOString().slice(0, -5).replace('T', ' ')} UTC`
  return encoded(`${time}, ${formatReadable(latitudeDegrees, 'N', 'S')}, ${formatReadable(longitudeDegrees, 'E', 'W')}`)
}

function checkFix({ latitudeDegrees, longitudeDegrees, fixAt }: RockstarPosition): Refusal | null {
  if (!isValidDate(fixAt)) return refused('invalid-date', 'fixAt', 'fixAt is no valid date')
  return (
    checkNumber('latitudeDegrees', latitudeDegrees, -90, 90) ??
    checkNumber('longitudeDegrees', longitudeDegrees, -180, 180)
  )
}

/** Checks the value, not its type: a JavaScript caller may pass a string or nothing. */
function isValidDate(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Date]' && !Number.isNaN(Number(value))
}

function checkNumber(field: string, value: number | null, min: number, max: number): Refusal | null {
  if (value === null) return null
  if (!Number.isFinite(value)) return refused('not-a-number', field, `${field} is not a finite number`)
  if (value < min || value > max) return refused('out-of-range', field, `${field} is not within ${min}..${max}`)
  return null
}

function checkStatus(status: number): Refusal | null {
  if (!Number.isInteger(status))
    return refused('not-an-integer', 'statusInteger', 'statusInteger is not a whole number')
  return checkNumber('statusInteger', status, 0, 255)
}

// The handset parses speed and course as numbers before it shows anything: an empty value would lose the position.
function formatTenths(value: number | null): string {
  return ((value ?? 0) + 0).toFixed(1)
}

function formatCourse(degrees: number | null): string {
  const text = formatTenths(degrees)
  return text === '360.0' ? '0.0' : text
}

function formatReadable(degrees: number, positive: string, negative: string): string {
  const text = Math.abs(degrees).toFixed(5)
  return `${text} ${degrees < 0 && Number(text) > 0 ? negative : positive}`
}
