/** A WebSocket's client from the protocol alone, on a bare socket: every byte that comes is seen. */
import { connect, type Socket } from 'node:net'

/** A frame as it stood on the wire. */
export interface RawFrame {
  readonly isFinal: boolean
  readonly opcode: number
  readonly isMasked: boolean
  readonly text: string
}

/** One end of a connection. */
export interface RawSocket {
  /** The answer to the handshake, up to its blank line. */
  readonly head: string
  readonly frames: readonly RawFrame[]
  /** How the other side ended: not yet, a FIN, a reset; then whether the connection is closed. */
  readonly end: () => 'open' | 'fin' | 'reset'
  readonly socket: Socket
  say(text: string): void
  /** A frame of any kind. */
  frame(opcode: number, payload: Buffer, isFinal?: boolean): void
  close(): void
}

/** The handshake exactly as a device writes it. */
export function deviceHandshake(path: string, host: string): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    'Origin: http://localhost',
    '\r\n',
  ].join('\r\n')
}

/** Opens a connection, sends a handshake in pieces, and resolves with what came back. */
export async function openRaw(port: number, request: string): Promise<RawSocket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const frames: RawFrame[] = []
  let held = Buffer.alloc(0)
  let head = ''
  let end: 'open' | 'fin' | 'reset' = 'open'
  socket.setNoDelay(true)
  socket.on('data', (piece: Buffer) => {
    held = Buffer.concat([held, piece])
    if (head === '') {
      const blank = held.indexOf('\r\n\r\n')
      if (blank < 0) return
      head = held.toString('latin1', 0, blank)
      held = held.subarray(blank + 4)
    }
    if (!head.startsWith('HTTP/1.1 101 ')) return
    for (;;) {
      const taken = takeFrame(held)
      if (taken === null) break
      frames.push(taken.frame)
      held = held.subarray(taken.bytes)
    }
  })
  socket.on('end', () => (end = 'fin'))
  socket.on('error', () => (end = 'reset'))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('error', reject)
  })
  for (const piece of request.split(/(?<=\r\n)/u)) {
    socket.write(piece)
    await new Promise((done) => setImmediate(done))
  }
  if (request.endsWith('\r\n\r\n')) await until(() => head !== '' || end !== 'open')
  const frame: RawSocket['frame'] = (opcode, payload, isFinal = true) => {
    const { length } = payload
    const size = length < 126 ? Buffer.from([0x80 | length]) : Buffer.alloc(length < 65_536 ? 3 : 9)
    if (size.length === 3) {
      size[0] = 0x80 | 126
      size.writeUInt16BE(length, 1)
    } else if (size.length === 9) {
      size[0] = 0x80 | 127
      size.writeBigUInt64BE(BigInt(length), 1)
    }
    const mask = Buffer.from([1, 2, 3, 4])
    const masked = Buffer.from(payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0)))
    socket.write(Buffer.concat([Buffer.from([(isFinal ? 0x80 : 0) | opcode]), size, mask, masked]))
  }
  return {
    get head() {
      return head
    },
    frames,
    end: () => end,
    socket,
    say: (text) => frame(1, Buffer.from(text)),
    frame,
    close: () => socket.destroy(),
  }
}

function takeFrame(bytes: Buffer): { frame: RawFrame; bytes: number } | null {
  if (bytes.length < 2) return null
  const [first = 0, second = 0] = bytes
  const short = second & 0x7f
  const at = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < at) return null
  const length = at === 4 ? bytes.readUInt16BE(2) : at === 10 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < at + length) return null
  const opcode = first & 15
  const payload = bytes.subarray(at, at + length)
  const text = opcode === 8 ? String(length >= 2 ? payload.readUInt16BE(0) : '') : payload.toString()
  return { frame: { isFinal: (first & 0x80) !== 0, opcode, isMasked: (second & 0x80) !== 0, text }, bytes: at + length }
}

/** Waits for something to be there. @throws when it is not in time */
export async function until<T>(
  look: () => T | null | undefined | false | Promise<T | false>,
  limitMs = 20_000,
): Promise<T> {
  const limit = Date.now() + limitMs
  for (;;) {
    const found = await look()
    if (found !== null && found !== undefined && found !== false) return found
    if (Date.now() > limit) throw new Error(`not within ${limitMs} ms: ${String(look)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
