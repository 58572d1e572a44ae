/** Maximum size of a mobile-terminated SBD message (9602/9603), in bytes. */
export const MT_MAX_BYTES = 270
/** Maximum size of a mobile-originated SBD message (9602/9603), in bytes. */
export const MO_MAX_BYTES = 340
/** Maximum size of an IMT message (9704), in bytes. */
export const IMT_MAX_BYTES = 100_000

const BYTES_PER_CREDIT = 50
const MOMSN_COUNT = 65_536

/**
 * Credits a message costs: one per started 50 bytes. An empty session (mailbox check) costs one too.
 *
 * @param bytes length of the message, ≥ 0
 * @throws {RangeError} if that is not a length
 */
export function creditsFor(bytes: number): number {
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError('bytes must be a whole number, 0 or more')
  return Math.max(1, Math.ceil(bytes / BYTES_PER_CREDIT))
}

/**
 * The number of sessions between two of a modem's, allowing for the wrap from 65535 to 0.
 *
 * 0: `next` follows `previous` (or is the same session). Positive: that many are missing. Negative: `next` is that many
 * sessions older than `previous` and arrived late. The split is at half the range: 32,768 sessions are years of hourly
 * ones.
 *
 * @throws {RangeError} if either is not a MOMSN
 */
export function momsnGap(previous: number, next: number): number {
  for (const momsn of [previous, next]) {
    if (!Number.isInteger(momsn) || momsn < 0 || momsn >= MOMSN_COUNT) {
      throw new RangeError('a MOMSN is a whole number 0..65535')
    }
  }
  const distance = (next - previous + MOMSN_COUNT) % MOMSN_COUNT
  if (distance === 0) return 0
  return distance < MOMSN_COUNT / 2 ? distance - 1 : distance - MOMSN_COUNT
}
