import { decodeBase64, encodeBase64Url } from '../receive/binary-text.ts'
import { RS256 } from './test-keys.ts'

const encoder: TextEncoder = new TextEncoder()

/**
 * Signs claims as the vendor does: RS256, and a header of exactly `{"alg":"RS256"}`.
 *
 * @param privateKey PEM text (PKCS #8) or an imported key with usage `sign`
 */
export async function signToken(
  claims: Readonly<Record<string, unknown>>,
  privateKey: string | CryptoKey,
): Promise<string> {
  const header = encodeBase64Url(encoder.encode('{"alg":"RS256"}'))
  const signed = `${header}.${encodeBase64Url(encoder.encode(JSON.stringify(claims)))}`
  const key = typeof privateKey === 'string' ? await importPrivateKey(privateKey) : privateKey
  const signature = await crypto.subtle.sign(RS256.name, key, new Uint8Array(encoder.encode(signed)))
  return `${signed}.${encodeBase64Url(new Uint8Array(signature))}`
}

const imported = new Map<string, Promise<CryptoKey>>()

function importPrivateKey(pem: string): Promise<CryptoKey> {
  const known = imported.get(pem)
  if (known !== undefined) return known
  const der = decodeBase64(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''))
  if (der === null) throw new TypeError('privateKey is not PEM')
  const key = crypto.subtle.importKey('pkcs8', new Uint8Array(der), RS256, false, ['sign'])
  imported.set(pem, key)
  return key
}
