/**
 * Git's pkt-line framing: four hexadecimal digits with the length of the frame (including the digits), then the
 * payload. `0000` is a flush; `0001` and `0002` belong to protocol version 2. See gitprotocol-common(5).
 */
import type { ByteReader } from './byte-reader.ts'

/** One frame, or why there is none. */
export type Pkt =
  | { readonly kind: 'data'; readonly payload: Buffer; readonly raw: Buffer }
  | { readonly kind: 'flush'; readonly raw: Buffer }
  | { readonly kind: 'end' }
  /** The stream ended inside a frame, or does not contain frames. */
  | { readonly kind: 'broken'; readonly raw: Buffer }

const HEADER_BYTES = 4

/** Reads the next frame. */
export async function readPkt(reader: ByteReader): Promise<Pkt> {
  const header = await reader.read(HEADER_BYTES)
  if (header.length === 0) return { kind: 'end' }
  const text = header.toString('latin1')
  if (!/^[0-9a-f]{4}$/iu.test(text)) return { kind: 'broken', raw: header }
  const length = Number.parseInt(text, 16)
  if (length < HEADER_BYTES) return { kind: 'flush', raw: header }
  const payload = await reader.read(length - HEADER_BYTES)
  const raw = Buffer.concat([header, payload])
  return payload.length < length - HEADER_BYTES ? { kind: 'broken', raw } : { kind: 'data', payload, raw }
}

/** Writes one frame. */
export function writePkt(payload: string): string {
  const length = Buffer.byteLength(payload) + HEADER_BYTES
  return length.toString(16).padStart(HEADER_BYTES, '0') + payload
}

/** Ends a list of frames. */
export const FLUSH = '0000'
