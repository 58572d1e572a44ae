/** When firmware v3 wakes: at whole multiples of the interval, counted from midnight by the device's own clock. */

const DAY_MS = 86_400_000
const RETRY_GRID_MS = 600_000

/** An attempt is given up after this long awake. */
export const GIVE_UP_AFTER_MS = 360_000
/** The shortest sleep between two attempts. */
export const SHORTEST_SLEEP_MS = 20_000
/** How often a failed message is retried before the next regular report. */
export const MOST_RETRIES = 3

/**
 * The next report due after `afterMs`: at a multiple of the interval from 00:00; a day's last one is due at the
 * following midnight.
 */
export function nextDueMs(afterMs: number, intervalMinutes: number): number {
  return nextMultipleMs(afterMs, intervalMinutes * 60_000)
}

/**
 * When to retry a failed message: at the next 10-minute mark, if giving up there would still precede the next regular
 * report; otherwise `null`, and the regular report takes over.
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
