/** When firmware v3 wakes up: whole multiples of the interval, counted from midnight of the device's own clock. */

const DAY_MS = 86_400_000
const RETRY_GRID_MS = 600_000

/** After so long awake a try is given up. */
export const GIVE_UP_AFTER_MS = 360_000
/** The shortest sleep between two tries. */
export const SHORTEST_SLEEP_MS = 20_000
/** How often a failed message is tried again before the next regular report. */
export const MOST_RETRIES = 3

/**
 * The next instant a report is due after `afterMs`: a multiple of the interval from 00:00, the last one of a day at the
 * following midnight.
 */
export function nextDueMs(afterMs: number, intervalMinutes: number): number {
  return nextMultipleMs(afterMs, intervalMinutes * 60_000)
}

/**
 * When a failed message is tried again: the next 10-minute mark, if giving up there would still lie before the next
 * regular report; else `null`, and the regular report takes over.
 */
export function nextRetryMs(failedAtMs: number, regularMs: number, retriesLeft: number): number | null {
  if (retriesLeft <= 0) return null
  const markMs = nextMultipleMs(failedAtMs, RETRY_GRID_MS)
  return markMs + GIVE_UP_AFTER_MS < regularMs ? markMs : null
}

function nextMultipleMs(afterMs: number, periodMs: number): number {
  const midnightMs = Math.floor(afterMs / DAY_MS) * DAY_MS
  const periods = Math.floor((afterMs - midnightMs) / periodMs) + 1
  return midnightMs + Math.min(periods * periodMs, DAY_MS)
}
