/**
 * The time of a fix: devices send the GPS time of day, `HHMMSS` with or without a fraction, and no date.
 * The date is the one that puts the fix nearest to the Iridium session.
 */
import { digitsToNumber } from './digits.ts'
import { malformed, outOfRange, read, type Reading } from './reading.ts'

const FORM = 'is not a time of day, HHMMSS or HHMMSS.fff'
const DAY_MS = 86_400_000

/** Reads `HHMMSS[.fff…]` as milliseconds since midnight; digits beyond the millisecond are cut off. */
export function readTimeOfDay(raw: string): Reading<number> {
  const fractionLength = raw.length - 7
  if (raw.length !== 6 && (raw[6] !== '.' || fractionLength < 1 || fractionLength > 12)) return malformed(FORM)
  const hours = digitsToNumber(raw, 0, 2)
  const minutes = digitsToNumber(raw, 2, 4)
  const seconds = digitsToNumber(raw, 4, 6)
  const fraction = raw.length === 6 ? 0 : digitsToNumber(raw, 7, raw.length)
  if (hours < 0 || minutes < 0 || seconds < 0 || fraction < 0) return malformed(FORM)
  if (hours > 23 || minutes > 59 || seconds > 59) return outOfRange('is no time of a day')
  const milliseconds = raw.length === 6 ? 0 : Math.floor((fraction * 1000) / 10 ** fractionLength)
  return read(((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds)
}

/**
 * Gives a time of day the date that puts it nearest to a moment.
 *
 * So a fix a few seconds ahead of Iridium stays ahead, across midnight too, and one sent hours late stays behind.
 * Exactly twelve hours off counts as late: messages are late by hours, clocks are ahead by seconds.
 *
 * @param timeOfDayMs milliseconds since midnight UTC
 * @returns null where `near` is no valid date
 */
export function resolveFixTime(timeOfDayMs: number, near: Date): Date | null {
  const nearMs = near.getTime()
  const sameDayMs = Math.floor(nearMs / DAY_MS) * DAY_MS + timeOfDayMs
  const aheadMs = sameDayMs - nearMs
  const shiftMs = aheadMs >= DAY_MS / 2 ? -DAY_MS : aheadMs < -DAY_MS / 2 ? DAY_MS : 0
  const fixAt = new Date(sameDayMs + shiftMs)
  return Number.isNaN(fixAt.getTime()) ? null : fixAt
}

/** Writes the time of day as devices read it: `HHMMSS.fff`, UTC. */
export function formatTimeOfDay(at: Date): string {
  return at.toISOString().slice(-13, -1).replaceAll(':', '')
}
