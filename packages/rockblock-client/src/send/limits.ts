/** Most bytes of a mobile-terminated SBD message (9602/9603). */
export const MT_MAX_BYTES = 270
/** Most bytes of a mobile-originated SBD message (9602/9603). */
export const MO_MAX_BYTES = 340
/** Most bytes of an IMT message (9704). */
export const IMT_MAX_BYTES = 100_000

const BYTES_PER_CREDIT = 50
const MOMSN_COUNT = 65_536

/**
 * Credits a message costs: one for each started 50 bytes. An empty session (mailbox check) costs one as well.
 *
 * @param bytes length of the message, ≥ 0
 * @throws {RangeError} if that is not a length
 */
export function creditsFor(bytes: number): number {
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError('bytes must be a whole number, 0 or more')
  return Math.max(1, Math.ceil(bytes / BYTES_PER_CREDIT))
}

/**
 * How many sessions lie between two of a modem, both numbers taken around the wrap from 65535 to 0.
 *
 * 0: `next` follows `previous` (or is the same session). Positive: that many never came. Negative: `next` is that many
 * sessions older than `previous` and came late. Half the circle decides which: 32,768 sessions are years of hourly ones.
 *
 * @throws {RangeError} if one is not a MOMSN
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
