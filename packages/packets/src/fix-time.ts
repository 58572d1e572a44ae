/**
 * The time of a fix: devices send the GPS time of day, `HHMMSS` with or without a fraction, and no date.
 * The date is the one that puts the fix less than 24 hours before the Iridium session, or at most ten minutes after it.
 */
import { digitsToNumber } from './digits.ts'
import { malformed, outOfRange, read, type Reading } from './reading.ts'

const FORM = 'is not a time of day, HHMMSS or HHMMSS.fff'
const DAY_MS = 86_400_000
/** GPS is ahead by seconds, by up to 18 s before a receiver has learnt the leap seconds; gateway clocks by minutes. */
const MAX_AHEAD_MS = 600_000

/**
 * Parses `HHMMSS[.fff…]` as milliseconds since midnight; digits beyond the millisecond are truncated. A leap second
 * (`:60`) is the first second of the next minute: `235960` is a whole day.
 */
export function readTimeOfDay(raw: string): Reading<number> {
  const fractionLength = raw.length - 7
  if (raw.length !== 6 && (raw[6] !== '.' || fractionLength < 1 || fractionLength > 12)) return malformed(FORM)
  const hours = digitsToNumber(raw, 0, 2)
  const minutes = digitsToNumber(raw, 2, 4)
  const seconds = digitsToNumber(raw, 4, 6)
  const fraction = raw.length === 6 ? 0 : digitsToNumber(raw, 7, raw.length)
  if (hours < 0 || minutes < 0 || seconds < 0 || fraction < 0) return malformed(FORM)
  if (hours > 23 || minutes > 59 || seconds > 60) return outOfRange('is no time of a day')
  const milliseconds = raw.length === 6 ? 0 : Math.floor((fraction * 1000) / 10 ** fractionLength)
  return read(((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds)
}

/**
 * Resolves a time of day to the latest date on which the message could have reported it: at most ten minutes after its
 * transmission.
 *
 * A fix a few seconds ahead of Iridium stays ahead, across midnight too; one sent hours late stays behind, by up to a
 * day. Not the nearest date: that would put every fix older than twelve hours into the future.
 *
 * @param timeOfDayMs milliseconds since midnight UTC
 * @param transmittedAt when the message was transmitted
 * @returns null if `transmittedAt` is not a valid date
 */
export function resolveFixTime(timeOfDayMs: number, transmittedAt: Date): Date | null {
  const latestMs = transmittedAt.getTime() + MAX_AHEAD_MS
  const sinceFixMs = latestMs - timeOfDayMs
  const fixAt = new Date(latestMs - (sinceFixMs - Math.floor(sinceFixMs / DAY_MS) * DAY_MS))
  return Number.isNaN(fixAt.getTime()) ? null : fixAt
}

/** Writes the time of day as devices read it: `HHMMSS.fff`, UTC. */
export function formatTimeOfDay(at: Date): string {
  return at.toISOString().slice(-13, -1).replaceAll(':', '')
}
