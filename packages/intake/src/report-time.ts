/** GPS may be seconds ahead of us, and our clock minutes behind; more than this is a wrong time, not an early one. */
const MAX_AHEAD_MS = 10 * 60_000

/**
 * The time a report stands at: the first of `candidates` (time of the fix, of transmission) that is known and not in the
 * future, otherwise that of arrival. A last state follows this time: one report from the future would hold a device on the
 * map until that time has come.
 */
export function reportTime(candidates: readonly (Date | null)[], receivedAt: Date): Date {
  const latest = receivedAt.getTime() + MAX_AHEAD_MS
  return candidates.find((at): at is Date => at !== null && at.getTime() <= latest) ?? receivedAt
}
