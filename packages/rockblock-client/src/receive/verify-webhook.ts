import { decodeBase64Url } from './binary-text.ts'
import { differingClaims } from './claims.ts'
import type { MoMessage } from './message.ts'
import { importPublicKey } from './public-key.ts'
import { VENDOR_PUBLIC_KEY } from './vendor-key.ts'

/** How to check a token. */
export interface VerifyOptions {
  /**
   * PEM text or an imported key (RSASSA-PKCS1-v1_5 with SHA-256, usage `verify`).
   * @default VENDOR_PUBLIC_KEY
   */
  readonly publicKey?: string | CryptoKey
}

/** Why a token is not accepted. Stable, for programs. */
export type VerifyRefusal =
  'no-token' | 'malformed-token' | 'wrong-algorithm' | 'bad-signature' | 'wrong-issuer' | 'claims-differ'

/** Result of `verifyWebhook`. */
export type VerifyResult =
  | {
      readonly verified: true
      /**
       * When the vendor signed, `iat`. Retries may come six days later: a short age limit would refuse genuine ones.
       */
      readonly issuedAt: Date
    }
  | {
      readonly verified: false
      readonly reason: VerifyRefusal
      /** With `claims-differ`: names of the fields that differ from what was signed. */
      readonly fields?: readonly string[]
    }

const ISSUER = 'Rock 7'
const encoder: TextEncoder = new TextEncoder()
const decoder: TextDecoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Checks the vendor's token: RS256, issuer, and every field of the body against what was signed.
 *
 * The token signs its own claims, not the body: without the comparison, any body passes with the token of another message.
 * One key signs for all customers, and there is no expiry: a valid token proves that the vendor sent *this message to
 * someone*, once. Keep out other customers' modems with an IMEI list or a secret in the URL, and replays with `duplicateKey`.
 *
 * @throws {PublicKeyError} if the configured key cannot be read; never because of the message
 */
export async function verifyWebhook(message: MoMessage, options: VerifyOptions = {}): Promise<VerifyResult> {
  if (message.jwt === null) return refuse('no-token')
  const token = takeApart(message.jwt)
  if (token === null) return refuse('malformed-token')
  // Decided here, never by the token: an algorithm chosen by the sender protects nothing.
  if (token.header['alg'] !== 'RS256' || 'crit' in token.header) return refuse('wrong-algorithm')

  const { publicKey = VENDOR_PUBLIC_KEY } = options
  const key = typeof publicKey === 'string' ? await importPublicKey(publicKey) : publicKey
  const isSigned = await crypto.subtle.verify('RSASSA-PKCS1-v1_5', key, token.signature, token.signed)
  if (!isSigned) return refuse('bad-signature')

  const { iss, iat, ...claims } = token.claims
  if (iss !== ISSUER) return refuse('wrong-issuer')
  if (typeof iat !== 'number' || !Number.isFinite(iat)) return refuse('malformed-token')
  const fields = differingClaims(claims, message.fields)
  if (fields.length > 0) return { verified: false, reason: 'claims-differ', fields }
  return { verified: true, issuedAt: new Date(iat * 1000) }
}

interface Token {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly signature: Uint8Array<ArrayBuffer>
  readonly signed: Uint8Array<ArrayBuffer>
}

function takeApart(jwt: string): Token | null {
  const parts = jwt.split('.')
  const [headerText, claimsText, signatureText] = parts
  if (parts.length !== 3 || headerText === undefined || claimsText === undefined || !signatureText) return null
  const header = parseSegment(headerText)
  const claims = parseSegment(claimsText)
  const signature = decodeBase64Url(signatureText)
  if (header === null || claims === null || signature === null) return null
  return { header, claims, signature, signed: new Uint8Array(encoder.encode(`${headerText}.${claimsText}`)) }
}

function parseSegment(text: string): Readonly<Record<string, unknown>> | null {
  const bytes = decodeBase64Url(text)
  if (bytes === null) return null
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

function refuse(reason: VerifyRefusal): VerifyResult {
  return { verified: false, reason }
}
