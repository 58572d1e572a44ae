/** A command that comes this soon after an answer may follow from it. */
const FOLLOWS_MS = 30 * 60_000

/** Since when answers count. */
export function answeredSince(now: Date): Date {
  return new Date(now.getTime() - FOLLOWS_MS)
}
