/** A command that arrives this soon after an answer may be a consequence of it. */
const FOLLOWS_MS = 30 * 60_000

/** Answers count from this time on. */
export function answeredSince(now: Date): Date {
  return new Date(now.getTime() - FOLLOWS_MS)
}
