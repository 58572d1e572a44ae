import { createHash, timingSafeEqual } from 'node:crypto'

/** Tells whether a presented secret is the right one, in a time that depends on neither. */
export type SecretCheck = (presented: string | null) => boolean

/** Longer than any secret anybody would set; keeps a huge URL from costing a huge hash. */
const MAX_SECRET_LENGTH = 512

/** @param secret `null` when none is set: then nothing is right */
export function createSecretCheck(secret: string | null): SecretCheck {
  if (secret === null || secret === '') return () => false
  const expected = digest(secret)
  return (presented) => {
    if (presented === null || presented.length > MAX_SECRET_LENGTH) return false
    return timingSafeEqual(digest(presented), expected)
  }
}

/** Both sides are hashed, so that they have one length and comparing them tells nothing about either. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
