import { encodeBase64 } from '../receive/binary-text.ts'
import type { SendResult } from './send-result.ts'

const LONGEST_TEXT = 200

/**
 * Makes a vendor's text safe to show and log: one line, short, and with secrets redacted in case the service repeated
 * one: verbatim, as encoded on the wire, or as base64 of either.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let shown = text
  // Longest first: redacting a short one must not split a long one and leave the rest of it.
  const forms = [...new Set(secrets.flatMap(formsOf))].toSorted((a, b) => b.length - a.length)
  for (const form of forms) shown = shown.replaceAll(form, '***')
  return shown
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, LONGEST_TEXT)
}

/**
 * The same result with its text made safe to show. Done last, so that no secret can change how a response is
 * interpreted.
 */
export function showable(result: SendResult, secrets: readonly string[]): SendResult {
  return result.outcome === 'rejected' ? { ...result, text: withoutSecrets(result.text, secrets) } : result
}

function formsOf(secret: string): string[] {
  if (secret === '') return []
  const encoder = new TextEncoder()
  // Half a surrogate pair is sent as U+FFFD; `encodeURIComponent` would throw.
  const sent = new TextDecoder('utf-8', { ignoreBOM: true }).decode(encoder.encode(secret))
  // As encoded in the request: a blank is `+`, and `!'()~` are percent-encoded, which `encodeURIComponent` leaves
  // alone.
  const onWire = new URLSearchParams([['', sent]]).toString().slice(1)
  const texts = [secret, sent, encodeURIComponent(sent), onWire]
  const inLowerCase = texts.map((text) => text.replaceAll(/%[\dA-F]{2}/g, (byte) => byte.toLowerCase()))
  // Without padding, which not everyone writes.
  const base64 = texts.map((text) => encodeBase64(encoder.encode(text)).replace(/=+$/, ''))
  const base64Url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))
  return [...texts, ...inLowerCase, ...base64, ...base64Url]
}
