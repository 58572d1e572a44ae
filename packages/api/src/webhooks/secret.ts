import { timingSafeEqual } from 'node:crypto'

/** Tells whether a presented secret is the right one, in a time that depends on neither. */
export type SecretCheck = (presented: string | null) => boolean

/** Longer than any secret anyone would set; keeps a huge URL from costing a huge copy. */
const MAX_SECRET_LENGTH = 512

/** @param secret `null` when none is set: then nothing is right */
export function createSecretCheck(secret: string | null): SecretCheck {
  if (secret === null || secret === '') return () => false
  const expected = Buffer.from(secret)
  return (presented) => {
    if (presented === null || presented.length > MAX_SECRET_LENGTH) return false
    const given = Buffer.from(presented)
    // Cut or filled up to the length of the right one: what is compared has one length, whatever was presented.
    const sameLength = Buffer.alloc(expected.length)
    given.copy(sameLength)
    return timingSafeEqual(sameLength, expected) && given.length === expected.length
  }
}
