/**
 * Decodes device messages, the bytes of the vendor's `data` field: `PKnnn;` and fields separated by commas, in ASCII.
 */
import { sliceWithoutBlanks } from './blanks.ts'
import { decodeCommand } from './decode-command.ts'
import { decodeKeyedPosition, decodePositionalPosition } from './decode-position.ts'
import type { DecodeContext, DecodeResult } from './report.ts'

type Decoder = (body: string, context: DecodeContext) => DecodeResult

const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['PK001', (body, context) => ({ ok: true, report: decodeKeyedPosition('PK001', body, context) })],
  ['PK101', (body, context) => ({ ok: true, report: decodeKeyedPosition('PK101', body, context) })],
  ['PK004', (body, context) => ({ ok: true, report: decodePositionalPosition(body, context) })],
  ['PK005', (body) => decodeCommand('PK005', body)],
  ['PK006', (body) => decodeCommand('PK006', body)],
  ['PK007', (body) => decodeCommand('PK007', body)],
])

const PACKET_TYPE = /^PK\d{3}(?![0-9A-Za-z])/
const NOT_TEXT = /[^\x20-\x7e\t\r\n]/
// Arguments per call, which engines limit.
const CHUNK = 8192

/**
 * Decodes a message of a device. Accepts any bytes and never throws: an unreadable message becomes a reason, and one bad field
 * is a problem of that field only.
 *
 * @param bytes the payload as it left the device (the vendor's hex already undone)
 * @param context times from which to derive the date of a fix
 */
export function decode(bytes: Uint8Array, context: DecodeContext): DecodeResult {
  if (bytes.length === 0) return { ok: true, report: { kind: 'empty', packetType: null, problems: [] } }
  const raw = toText(bytes)
  const text = sliceWithoutBlanks(raw, 0, raw.length)
  if (!PACKET_TYPE.test(text)) return failWithoutType(raw)
  const packetType = text.slice(0, 5)
  if (text.length > 5 && text[5] !== ';') {
    return fail(packetType, 'no-separator', 'the packet type is not followed by a semicolon')
  }
  const decoder = DECODERS.get(packetType)
  if (decoder === undefined) return fail(packetType, 'unknown-type', `${packetType} is no known packet type`)
  return decoder(text.slice(6), context)
}

function failWithoutType(raw: string): DecodeResult {
  const offset = raw.search(NOT_TEXT)
  if (offset === -1) return fail(null, 'no-packet-type', 'the message does not begin with PK and three digits')
  const byte = raw.charCodeAt(offset).toString(16).padStart(2, '0')
  return fail(null, 'not-ascii', `the byte 0x${byte} at offset ${offset} is not printable ASCII`)
}

function fail(packetType: string | null, code: string, detail: string): DecodeResult {
  return { ok: false, packetType, reason: { code, detail } }
}

/** One character per byte, so that nothing is lost and nothing can fail. */
function toText(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) return fromBytes(bytes)
  let text = ''
  for (let start = 0; start < bytes.length; start += CHUNK) text += fromBytes(bytes.subarray(start, start + CHUNK))
  return text
}

function fromBytes(bytes: Uint8Array): string {
  // `apply` takes anything array-like, its type only arrays; spreading instead is seven times slower.
  return String.fromCharCode.apply(null, bytes as unknown as number[])
}
