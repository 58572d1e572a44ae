/**
 * When firmware v3 (3.1.2) wakes up.
 *
 * - A report is due at every whole multiple of the interval counted from 00:00 UTC; the last one of a day falls on the
 *   following midnight (13 h: 13:00 and 00:00).
 * - The device takes at most 4 min for a fix and gives up 6 min after waking.
 * - After a failed try it wakes at the next 10-minute mark if that mark + 6 min still lies before the next regular
 *   report, at most three times.
 */

const DAY_MS = 86_400_000
const RETRY_GRID_MS = 600_000

/** A try ends this long after waking. */
export const GIVE_UP_AFTER_MS: number = 360_000
/** A report on time has arrived this long after it was due. */
export const ON_TIME_MS: number = 390_000
/** How often a failed report is tried again. */
export const MAX_RETRIES: number = 3
/** The interval after power-on, after a sleep, and for "0". Settings of firmware v3 do not survive any of them. */
export const V3_DEFAULT_INTERVAL_MINUTES: number = 10

/** The first instant after `afterMs` (Unix ms) at which a report is due, for an interval in minutes. */
export function nextDueMs(afterMs: number, intervalMinutes: number): number {
  return nextMultipleMs(afterMs, Math.max(intervalMinutes, 1) * 60_000)
}

/** The retries (Unix ms) of a report that was due at `dueMs` and failed, for an interval in minutes. */
export function retriesMs(dueMs: number, intervalMinutes: number): readonly number[] {
  const regularMs = nextDueMs(dueMs, intervalMinutes)
  const marks: number[] = []
  let failedAtMs = dueMs + GIVE_UP_AFTER_MS
  while (marks.length < MAX_RETRIES) {
    const markMs = nextMultipleMs(failedAtMs, RETRY_GRID_MS)
    if (markMs + GIVE_UP_AFTER_MS >= regularMs) break
    marks.push(markMs)
    failedAtMs = markMs + GIVE_UP_AFTER_MS
  }
  return marks
}

function nextMultipleMs(afterMs: number, periodMs: number): number {
  const midnightMs = Math.floor(afterMs / DAY_MS) * DAY_MS
  const periods = Math.floor((afterMs - midnightMs) / periodMs) + 1
  return midnightMs + Math.min(periods * periodMs, DAY_MS)
}
