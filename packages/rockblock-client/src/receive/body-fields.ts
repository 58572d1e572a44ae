import { excerpt, type FieldFlaw, type FieldSource } from './field-reader.ts'
import { settleDoubledMembers } from './json-members.ts'
import type { ParseFailureReason } from './message.ts'

export type BodyFields =
  { readonly ok: true; readonly source: FieldSource } | { readonly ok: false; readonly reason: ParseFailureReason }

const strictDecoder: TextDecoder = new TextDecoder('utf-8', { fatal: true })

/** The encoding that a `Content-Type` names, by its media type alone; `null` for any other. */
export function encodingOf(contentType: string | null): 'form' | 'json' | null {
  if (contentType === null) return null
  const end = contentType.indexOf(';')
  const mediaType = (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
  if (mediaType === 'application/json') return 'json'
  if (mediaType === 'application/x-www-form-urlencoded') return 'form'
  return null
}

/** The apparent encoding of a body whose header does not say. */
export function guessEncoding(bytes: Uint8Array): 'form' | 'json' {
  return bytes[0] === '{'.charCodeAt(0) ? 'json' : 'form'
}

/** Splits a body into its fields. Never throws. */
export function readBody(bytes: Uint8Array, encoding: 'form' | 'json'): BodyFields {
  if (bytes.length === 0) return unreadable('empty-body', 'the body is empty')
  let text: string
  try {
    text = strictDecoder.decode(bytes)
  } catch {
    return unreadable('not-utf-8', 'the body is not UTF-8')
  }
  return encoding === 'json' ? readJson(text) : { ok: true, source: readForm(text) }
}

function readJson(text: string): BodyFields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return unreadable('not-json', 'the body is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return unreadable('not-an-object', 'the body is JSON, but not an object')
  }
  // A JSON object is a record of unknown values: the reader checks everything it uses.
  const fields = value as Record<string, unknown>
  return { ok: true, source: { fields, encoding: 'json', flaws: settleDoubledMembers(text, fields) } }
}

/**
 * `name=value&…` with percent-encoding, `+` read as a space. Hand-written because `URLSearchParams` hides invalid
 * percent-encoding, and to report which field was repeated.
 */
function readForm(text: string): FieldSource {
  const fields: Record<string, unknown> = {}
  const flaws: FieldFlaw[] = []
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const rawName = equals < 0 ? pair : pair.slice(0, equals)
    const rawValue = equals < 0 ? '' : pair.slice(equals + 1)
    const name = decodePart(rawName) ?? rawName
    const value = decodePart(rawValue)
    if (value === null) flaws.push(flaw(name, 'broken-encoding', rawValue, false))
    if (Object.hasOwn(fields, name)) {
      flaws.push(flaw(name, 'doubled-field', rawValue, fields[name] === (value ?? rawValue)))
    } else {
      setField(fields, name, value ?? rawValue)
    }
  }
  return { fields, encoding: 'form', flaws }
}

function setField(fields: Record<string, unknown>, name: string, value: string): void {
  // Plain assignment to this one name would set the prototype instead of a field.
  if (name !== '__proto__') fields[name] = value
  else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true })
}

function decodePart(text: string): string | null {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return null
  }
}

function flaw(field: string, code: FieldFlaw['code'], value: unknown, isHarmless: boolean): FieldFlaw {
  return { field, code, detail: excerpt(value), isHarmless }
}

function unreadable(code: ParseFailureReason['code'], detail: string): BodyFields {
  return { ok: false, reason: { code, field: null, detail } }
}
