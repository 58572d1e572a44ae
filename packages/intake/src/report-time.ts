/** A clock may be off by seconds; a time that lies further ahead of its own arrival is not early but wrong. */
const MAX_AHEAD_MS = 60_000

/**
 * The time a report stands at: the first of `candidates` (time of the fix, of transmission) that is known and not wrong, but
 * at most that of arrival. A last state follows this time: one report from the future would hold a device on the map until
 * that time has come. What the device said stays in `fixAt`.
 */
export function reportTime(candidates: readonly (Date | null)[], receivedAt: Date): Date {
  const latest = receivedAt.getTime() + MAX_AHEAD_MS
  const known = candidates.find((at): at is Date => at !== null && at.getTime() <= latest)
  return known === undefined || known > receivedAt ? receivedAt : known
}
