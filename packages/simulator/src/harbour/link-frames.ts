import { randomBytes } from 'node:crypto'

/** A frame from the server, as the device's reader sees it. */
export interface LinkFrame {
  readonly isFinal: boolean
  readonly opcode: number
  readonly payload: Buffer
}

/** Takes one whole frame off the front; servers do not mask. */
export function takeFrame(bytes: Buffer): { readonly frame: LinkFrame; readonly rest: Buffer } | null {
  if (bytes.length < 2) return null
  const [first = 0, second = 0] = bytes
  const short = second & 0x7f
  const at = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < at) return null
  const length = at === 4 ? bytes.readUInt16BE(2) : at === 10 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < at + length) return null
  const frame = { isFinal: (first & 0x80) !== 0, opcode: first & 15, payload: bytes.subarray(at, at + length) }
  return { frame, rest: bytes.subarray(at + length) }
}

/** A device's frame: unfragmented and masked. */
export function writeFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const size = Buffer.alloc(length < 126 ? 1 : length < 65_536 ? 3 : 9)
  if (length < 126) size[0] = 0x80 | length
  else if (length < 65_536) {
    size[0] = 0x80 | 126
    size.writeUInt16BE(length, 1)
  } else {
    size[0] = 0x80 | 127
    size.writeBigUInt64BE(BigInt(length), 1)
  }
  const mask = randomBytes(4)
  return Buffer.concat([
    Buffer.from([0x80 | opcode]),
    size,
    mask,
    Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))),
  ])
}
