/** First pause after a send that may be repeated. */
const FIRST_MS = 10_000
/** No pause is longer: a vendor that came back is noticed within it. */
const LONGEST_MS = 10 * 60_000
/** The vendor's own advice is followed up to here. */
const LONGEST_ADVISED_MS = 60 * 60_000

/**
 * Pause before the next send after attempt `attempt` (1 = the first) failed in a way that may be repeated: 10 s,
 * doubling, at most 10 min. The vendor's `Retry-After` wins, at most 1 h.
 */
export function retryDelayMs(attempt: number, retryAfterMs: number | null = null): number {
  if (retryAfterMs !== null && retryAfterMs > 0) return Math.min(retryAfterMs, LONGEST_ADVISED_MS)
  return Math.min(FIRST_MS * 2 ** Math.min(attempt - 1, 16), LONGEST_MS)
}

/** Adds 20 % of jitter either way, so that joint failures do not retry together. */
export function spreadMs(pauseMs: number): number {
  return Math.round(pauseMs * (0.8 + 0.4 * Math.random()))
}

/**
 * Pause before the next try of a paused endpoint, which has been paused for `pausedMs`: within a minute for the first hour,
 * then more rarely, at least every quarter of an hour.
 */
export function probePauseMs(pausedMs: number): number {
  const hourMs = 3_600_000
  if (pausedMs < hourMs) return 45_000
  return Math.min(Math.round(pausedMs / 60), 15 * 60_000)
}

/**
 * Safety net of a delivery that waits for its turn: after `checks` looks in vain, how long until the next one if no
 * signal comes. 30 s growing to 10 min: the signal is the rule, this is for a lost one.
 */
export function turnCheckDelayMs(checks: number): number {
  return Math.min(30_000 * 2 ** Math.min(checks, 8), 600_000)
}

/** Safety net of a parked delivery: an operator's signal is the rule, this notices a change made in the database. */
export const PARKED_CHECK_MS = 6 * 3_600_000

/**
 * Shortens a pause so that it ends when the delivery expires.
 *
 * @param expiresAtMs milliseconds since 1970, `null` = never
 */
export function pauseUntilExpiryMs(pauseMs: number, expiresAtMs: number | null, nowMs: number): number {
  if (expiresAtMs === null) return pauseMs
  // 1 s beyond it, so that the look that follows surely sees it expired.
  return Math.max(1_000, Math.min(pauseMs, expiresAtMs - nowMs + 1_000))
}
