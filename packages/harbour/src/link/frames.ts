/**
 * WebSocket frames (RFC 6455), without I/O. We never send fragmented or compressed frames: a buoy that gets a fragment
 * goes deaf until someone resets it. We accept fragmented ones, which browsers send for long messages.
 */
import { isUtf8 } from 'node:buffer'

const OP = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** A complete incoming message. */
export type Incoming =
  | { readonly kind: 'message'; readonly data: Buffer; readonly isText: boolean }
  | { readonly kind: 'ping' | 'pong'; readonly data: Buffer }
  | { readonly kind: 'close'; readonly code: number | null }

/** The peer violated the protocol; `code` goes into the close frame. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** A whole text message as one frame. */
export function textFrame(text: string): Buffer {
  return frame(OP.text, Buffer.from(text, 'utf8'))
}

/** The reply to a ping. */
export function pongFrame(data: Buffer): Buffer {
  return frame(OP.pong, data)
}

/** A close frame; the reason is truncated to fit a control frame. */
export function closeFrame(code: number, reason: string): Buffer {
  const text = Buffer.from(reason, 'utf8').subarray(0, 120)
  const payload = Buffer.alloc(2 + text.length)
  payload.writeUInt16BE(code, 0)
  text.copy(payload, 2)
  return frame(OP.close, isUtf8(text) ? payload : payload.subarray(0, 2))
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const bytes = Buffer.allocUnsafe(head + length)
  bytes[0] = 0x80 | opcode
  if (head === 2) bytes[1] = length
  else if (head === 4) {
    bytes[1] = 126
    bytes.writeUInt16BE(length, 2)
  } else {
    bytes[1] = 127
    bytes.writeBigUInt64BE(BigInt(length), 2)
  }
  payload.copy(bytes, head)
  return bytes
}

/** Assembles a client's frames from the chunks in which they arrive. */
export interface FrameReader {
  /** @returns the messages this chunk completed. @throws FrameError */
  read(piece: Buffer): readonly Incoming[]
}

interface Head {
  readonly isFinal: boolean
  readonly opcode: number
  readonly length: number
  readonly bytes: number
}

/** @param maxBytes upper bound on a message */
export function createFrameReader(maxBytes: number): FrameReader {
  let held: Buffer[] = []
  let heldBytes = 0
  let wantedBytes = 2
  let parts: Buffer[] = []
  let partBytes = 0
  let partOpcode: number | null = null

  function take(current: Head, payload: Buffer): Incoming | null {
    const { opcode, isFinal } = current
    if (opcode === OP.close) return { kind: 'close', code: payload.length >= 2 ? payload.readUInt16BE(0) : null }
    if (opcode === OP.ping || opcode === OP.pong) return { kind: opcode === OP.ping ? 'ping' : 'pong', data: payload }
    if (opcode === OP.continuation ? partOpcode === null : partOpcode !== null) {
      throw new FrameError(1002, 'a fragment out of order')
    }
    partBytes += payload.length
    if (partBytes > maxBytes) throw new FrameError(1009, `a message over ${maxBytes} bytes`)
    parts.push(payload)
    partOpcode ??= opcode
    if (!isFinal) return null
    const data = parts.length === 1 ? payload : Buffer.concat(parts)
    const isText = partOpcode === OP.text
    parts = []
    partBytes = 0
    partOpcode = null
    return { kind: 'message', data, isText }
  }

  return {
    read(piece) {
      held.push(piece)
      heldBytes += piece.length
      if (heldBytes < wantedBytes) return []
      let bytes = held.length === 1 ? piece : Buffer.concat(held)
      const whole: Incoming[] = []
      wantedBytes = 2
      while (bytes.length > 0) {
        const current = readHead(bytes)
        if (current === null) {
          wantedBytes = bytes.length + 1
          break
        }
        if (current.length > maxBytes) throw new FrameError(1009, `a message over ${maxBytes} bytes`)
        const end = current.bytes + current.length
        if (bytes.length < end) {
          wantedBytes = end
          break
        }
        const taken = take(current, unmask(bytes, current))
        if (taken !== null) whole.push(taken)
        bytes = bytes.subarray(end)
      }
      // Copied, so that a few bytes do not retain the whole buffer they came in.
      held = bytes.length === 0 ? [] : [Buffer.from(bytes)]
      heldBytes = bytes.length
      return whole
    },
  }
}

function readHead(bytes: Buffer): Head | null {
  if (bytes.length < 2) return null
  const first = bytes.readUInt8(0)
  const second = bytes.readUInt8(1)
  const opcode = first & 0x0f
  const isFinal = (first & 0x80) !== 0
  if ((first & 0x70) !== 0) throw new FrameError(1002, 'an extension that was not negotiated')
  if ((second & 0x80) === 0) throw new FrameError(1002, 'a frame without a mask')
  const isControl = opcode >= 8
  if (isControl ? opcode > OP.pong : opcode > OP.binary) throw new FrameError(1002, 'an unknown opcode')
  const short = second & 0x7f
  if (isControl && (!isFinal || short > 125)) throw new FrameError(1002, 'a control frame that is too long')
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
  const head = 2 + lengthBytes + 4
  if (bytes.length < head) return null
  const length =
    lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  return { isFinal, opcode, length, bytes: head }
}

function unmask(bytes: Buffer, { length, bytes: head }: Head): Buffer {
  const payload = Buffer.allocUnsafe(length)
  const maskAt = head - 4
  for (let i = 0; i < length; i += 1) {
    payload[i] = bytes.readUInt8(head + i) ^ bytes.readUInt8(maskAt + (i & 3))
  }
  return payload
}
