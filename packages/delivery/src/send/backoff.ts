/** First pause after a send that may be retried. */
const FIRST_MS = 10_000
/** Longest pause, so that a vendor's recovery is noticed within it. */
const LONGEST_MS = 10 * 60_000
/** Longest `Retry-After` that is honoured. */
const LONGEST_ADVISED_MS = 60 * 60_000

/**
 * Pause before the next send after attempt `attempt` (1 = the first) failed in a way that may be retried: 10 s,
 * doubling up to 10 min. The vendor's `Retry-After` takes precedence, up to 1 h.
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
 * Pause before the next probe of an endpoint that has been paused for `pausedMs`: at most a minute during the first
 * hour, then longer, up to a quarter of an hour.
 */
export function probePauseMs(pausedMs: number): number {
  const hourMs = 3_600_000
  if (pausedMs < hourMs) return 45_000
  return Math.min(Math.round(pausedMs / 60), 15 * 60_000)
}

/**
 * Safety net of a delivery that waits for its turn: how long after `checks` checks until the next one, if no signal
 * comes. Grows from 30 s to 10 min: normally a signal comes, this covers a lost one.
 */
export function turnCheckDelayMs(checks: number): number {
  return Math.min(30_000 * 2 ** Math.min(checks, 8), 600_000)
}

/** Safety net of a parked delivery, for a change made in the database; normally an operator's signal comes first. */
export const PARKED_CHECK_MS = 6 * 3_600_000

/**
 * Shortens a pause so that it ends when the delivery expires.
 *
 * @param expiresAtMs milliseconds since 1970, `null` = never
 */
export function pauseUntilExpiryMs(pauseMs: number, expiresAtMs: number | null, nowMs: number): number {
  if (expiresAtMs === null) return pauseMs
  // One second later, so that the next check is certain to see it expired.
  return Math.max(1_000, Math.min(pauseMs, expiresAtMs - nowMs + 1_000))
}
