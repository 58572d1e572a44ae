import { decodeBase64 } from './binary-text.ts'

const RS256: RsaHashedImportParams = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const PEM = /-----BEGIN PUBLIC KEY-----([\s\S]*?)-----END PUBLIC KEY-----/
/** More than anyone rotates; bounds the memory if callers pass a new text each time. */
const MOST_CACHED = 16

/** The configured key is invalid: a mistake of the operator, not of the sender. */
export class PublicKeyError extends Error {
  /** Identifies the class, even across copies of this package. */
  override readonly name = 'PublicKeyError'
  /** For programs. */
  readonly code = 'bad-public-key'
}

const imported = new Map<string, Promise<CryptoKey>>()

/**
 * Imports a key from PEM text (SubjectPublicKeyInfo), once per text.
 *
 * @throws {PublicKeyError} if the text is not such a key
 */
export function importPublicKey(pem: string): Promise<CryptoKey> {
  const known = imported.get(pem)
  if (known !== undefined) return known
  if (imported.size >= MOST_CACHED) imported.clear()
  const key = readPem(pem)
  imported.set(pem, key)
  return key
}

async function readPem(pem: string): Promise<CryptoKey> {
  const der = decodeBase64(PEM.exec(pem)?.[1]?.replaceAll(/\s/g, '') ?? '')
  if (der === null || der.length === 0) throw new PublicKeyError('the public key is not PEM with "BEGIN PUBLIC KEY"')
  try {
    // A copy has a plain ArrayBuffer underneath, which importKey's type requires.
    return await crypto.subtle.importKey('spki', new Uint8Array(der), RS256, false, ['verify'])
  } catch (cause) {
    throw new PublicKeyError('the public key is not an RSA key', { cause })
  }
}
