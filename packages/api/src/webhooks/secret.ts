import { timingSafeEqual } from 'node:crypto'

/** Compares a presented secret with the right one in constant time. */
export type SecretCheck = (presented: string | null) => boolean

/** Longer than any real secret; keeps a huge URL from costing a huge copy. */
const MAX_SECRET_LENGTH = 512

/** @param secret `null` if none is set: then every secret is wrong */
export function createSecretCheck(secret: string | null): SecretCheck {
  if (secret === null || secret === '') return () => false
  const expected = Buffer.from(secret)
  return (presented) => {
    if (presented === null || presented.length > MAX_SECRET_LENGTH) return false
    const given = Buffer.from(presented)
    // Truncated or padded to the right one's length, so that the comparison always has the same length.
    const sameLength = Buffer.alloc(expected.length)
    given.copy(sameLength)
    return timingSafeEqual(sameLength, expected) && given.length === expected.length
  }
}
