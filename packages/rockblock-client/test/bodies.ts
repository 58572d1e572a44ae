/** Bodies and shortcuts for the tests of the receiving side. */
import { parseWebhook, type MoMessage, type ParseFailure, type ParseOptions, type ParseResult } from '../src/mod.ts'

export const FORM = 'application/x-www-form-urlencoded'
export const JSON_TYPE = 'application/json; charset=utf-8'

export const HELLO_FORM =
  'imei=300234010753370&device_type=ROCKBLOCK&serial=14105&momsn=12&transmit_time=21-10-31%2010%3A41%3A50' +
  '&iridium_latitude=52.3867&iridium_longitude=0.2938&iridium_cep=8.0&iridium_session_status=0&data=48656c6c6f20576f726c64'

export const HELLO: Readonly<Record<string, unknown>> = {
  imei: '300234010753370',
  device_type: 'ROCKBLOCK',
  serial: 14105,
  momsn: 12,
  transmit_time: '21-10-31 10:41:50',
  iridium_latitude: 52.3867,
  iridium_longitude: 0.2938,
  iridium_cep: 8.5,
  iridium_session_status: 0,
  data: '48656c6c6f20576f726c64',
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function text(payload: Uint8Array): string {
  return new TextDecoder().decode(payload)
}

/** `HELLO` as a form, with fields changed or (by `undefined`) left out. */
export function form(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const fields: Record<string, unknown> = { ...HELLO, ...changes }
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&')
}

/** `HELLO` as JSON, likewise. */
export function json(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ ...HELLO, ...changes })
}

export function parseForm(body: string, options?: ParseOptions): ParseResult {
  return parseWebhook(bytes(body), FORM, options)
}

export function parseJson(body: string | Readonly<Record<string, unknown>>, options?: ParseOptions): ParseResult {
  return parseWebhook(bytes(typeof body === 'string' ? body : JSON.stringify(body)), JSON_TYPE, options)
}

export function messageOf(result: ParseResult): MoMessage {
  if (!result.ok) throw new Error(`not a message: ${JSON.stringify(result.reason)}`)
  return result.message
}

export function failureOf(result: ParseResult): ParseFailure {
  if (result.ok) throw new Error('a message, where a failure was expected')
  return result
}
