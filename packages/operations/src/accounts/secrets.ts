import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Prefix of every token, by which a leaked one can be found. */
export const TOKEN_PREFIX = 'pk_'

/** A new bearer token, 256 bits. It is shown once; only {@link hashSecret} of it is stored. */
export function newToken(): string {
  return TOKEN_PREFIX + randomBytes(32).toString('base64url')
}

/** A new secret for a session cookie or a CSRF header. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of a token or a session. Secrets are random, so a plain hash is enough. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Compares two secrets in constant time. */
export function isSameSecret(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest()
  const right = createHash('sha256').update(b).digest()
  return timingSafeEqual(left, right)
}

/** Hash of a recovery code, however it was typed. */
export function hashRecoveryCode(code: string): string {
  return hashSecret(code.replaceAll(/[\s-]/g, '').toUpperCase())
}
