import type { WebhookFormat } from '../receive/message.ts'
import { SAMPLE_FIELDS } from './sample-fields.ts'
import { signToken } from './sign-token.ts'

/** What to build a delivery from. */
export interface WebhookInput {
  /** Which of the three wire formats. */
  readonly format: WebhookFormat
  /**
   * Cloudloop sends JSON only.
   * @default 'json'
   */
  readonly encoding?: 'form' | 'json'
  /**
   * The vendor's fields, merged over a complete sample delivery; `undefined` removes one.
   * @default the sample
   */
  readonly fields?: Readonly<Record<string, unknown>>
}

/** `WebhookInput`, plus the signature. */
export interface SignedWebhookInput extends WebhookInput {
  /** PEM text (PKCS #8) or an imported key with usage `sign`. */
  readonly privateKey: string | CryptoKey
  /**
   * Becomes `iat`.
   * @default now
   */
  readonly issuedAt?: Date
  /** Merged over the claims derived from the fields: builds a token that does not match its body. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** A delivery as it arrives over the wire. */
export interface BuiltWebhook {
  /** As posted. */
  readonly body: Uint8Array<ArrayBuffer>
  /** Its `Content-Type` header. */
  readonly contentType: string
}

const encoder: TextEncoder = new TextEncoder()

/** Decimals with which the vendor signs a number; the body's JSON has the same, except for `pdop`. */
const SIGNED_DIGITS: Readonly<Record<string, number>> = {
  iridium_latitude: 4,
  iridium_longitude: 4,
  iridium_cep: 1,
  pdop: 2,
  temp: 1,
  sog: 1,
  averageSog: 1,
}
const WRITTEN_DIGITS: Readonly<Record<string, number>> = { ...SIGNED_DIGITS, pdop: 1 }

/** Builds a delivery without a token. */
export function buildWebhook(input: WebhookInput): BuiltWebhook {
  return writeBody(input, completeFields(input))
}

/**
 * Builds a delivery as the vendor does: JSON of `rockblock` and `core-push` with a token, forms and Cloudloop without,
 * because the vendor signs neither.
 */
export async function buildSignedWebhook(input: SignedWebhookInput): Promise<BuiltWebhook> {
  const fields = completeFields(input)
  if (input.format === 'cloudloop' || input.encoding === 'form') return writeBody(input, fields)
  const issuedAt = input.issuedAt ?? new Date()
  const claims: Record<string, unknown> = { iss: 'Rock 7', iat: Math.floor(issuedAt.getTime() / 1000) }
  for (const [name, value] of Object.entries(fields)) {
    claims[name] = typeof value === 'object' ? JSON.stringify(value) : numberText(name, value, SIGNED_DIGITS)
  }
  const jwt = await signToken({ ...claims, ...input.claims }, input.privateKey)
  return writeBody(input, { ...fields, JWT: jwt })
}

function completeFields(input: WebhookInput): Record<string, unknown> {
  const all = { ...SAMPLE_FIELDS[input.format], ...input.fields }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function writeBody(input: WebhookInput, fields: Readonly<Record<string, unknown>>): BuiltWebhook {
  if (input.encoding === 'form' && input.format !== 'cloudloop') {
    // The vendor writes a space as %20, where URLSearchParams would write a plus.
    const pairs = Object.entries(fields).map(([name, value]) => {
      return `${encodeURIComponent(name)}=${encodeURIComponent(numberText(name, value, WRITTEN_DIGITS))}`
    })
    return { body: encoder.encode(pairs.join('&')), contentType: 'application/x-www-form-urlencoded' }
  }
  const members = Object.entries(fields).map(([name, value]) => {
    const text = typeof value === 'number' ? numberText(name, value, WRITTEN_DIGITS) : JSON.stringify(value)
    return `${JSON.stringify(name)}:${text}`
  })
  return { body: encoder.encode(`{${members.join(',')}}`), contentType: 'application/json; charset=utf-8' }
}

/** A scalar as text; numbers with at least the vendor's decimals, and never fewer than they have. */
function numberText(name: string, value: unknown, digits: Readonly<Record<string, number>>): string {
  const text = String(value)
  const wanted = digits[name]
  if (typeof value !== 'number' || wanted === undefined) return text
  const fixed = value.toFixed(wanted)
  return Number(fixed) === value ? fixed : text
}
