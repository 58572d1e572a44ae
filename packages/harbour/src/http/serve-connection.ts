import type { Socket } from 'node:net'
import { jsonAnswer, type WireAnswer } from '@paikea/firmware/wire'
import { endSocket } from '../end-socket.ts'
import { readHead, type RequestHead } from './request-head.ts'
import { writeAnswer } from './write-answer.ts'

/** A request with its complete body. */
export interface DeviceRequest {
  readonly method: string
  readonly target: string
  readonly body: Uint8Array
  /** Address of the peer. */
  readonly peer: string | null
  readonly forwardedFor: string | null
}

/** Responds to a request; never throws. */
export type AnswerDevice = (request: DeviceRequest) => Promise<WireAnswer>

/** Limits on one connection. */
export interface ConnectionLimits {
  /** @default 30 s */
  readonly requestMs?: number
  /** @default 5 s */
  readonly lingerMs?: number
}

const MAX_HEAD_BYTES = 8192
const MAX_BODY_BYTES = 16_384
const REQUEST_MS = 30_000
/** How long to keep reading after the response: whether more is on its way cannot be known here. */
const LINGER_MS = 5000

/**
 * Serves the single request of a connection: reads it, responds whatever it is, and closes. It always ends with a FIN
 * after the response's last byte: a device loses a response followed by a reset, and waits for ever for one followed by
 * nothing.
 *
 * @param first bytes already read from the socket
 */
export function serveConnection(
  socket: Socket,
  first: Buffer,
  answer: AnswerDevice,
  limits: ConnectionLimits = {},
): void {
  const { requestMs = REQUEST_MS, lingerMs = LINGER_MS } = limits
  let held = first
  let head: RequestHead | null = null
  let isAnswered = false
  const timer = setTimeout(() => refuse(408, 'The request took too long.'), requestMs)

  function finish(bytes: Buffer): void {
    clearTimeout(timer)
    held = Buffer.alloc(0)
    endSocket(socket, bytes, lingerMs)
  }

  function refuse(status: WireAnswer['status'], error: string): void {
    if (isAnswered) return
    isAnswered = true
    finish(writeAnswer(jsonAnswer({ error }, status)))
  }

  function read(): void {
    if (head === null) {
      const reading = readHead(held.subarray(0, MAX_HEAD_BYTES))
      if (reading === 'broken') return refuse(400, 'This is not a valid HTTP request.')
      if (reading === 'incomplete') {
        if (held.length >= MAX_HEAD_BYTES) refuse(400, 'The request headers are too long.')
        return
      }
      head = reading
      held = held.subarray(reading.bytes)
    }
    if (head.isChunked) return refuse(411, 'The body needs a Content-Length.')
    const wanted = head.contentLength ?? 0
    if (wanted > MAX_BODY_BYTES) return refuse(413, 'The body is too large.')
    if (held.length < wanted) return
    isAnswered = true
    clearTimeout(timer)
    const { method, target, forwardedFor } = head
    const body = held.subarray(0, wanted)
    void answer({ method, target, body, peer: socket.remoteAddress ?? null, forwardedFor }).then((made) =>
      finish(writeAnswer(method === 'HEAD' ? { ...made, body: new Uint8Array(0) } : made)),
    )
  }

  socket.on('data', (piece: Buffer) => {
    // Discard whatever follows the request.
    if (isAnswered) return
    held = held.length === 0 ? piece : Buffer.concat([held, piece])
    read()
  })
  socket.on('end', () => refuse(400, 'The request ended before its body was complete.'))
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    clearTimeout(timer)
    isAnswered = true
  })
  socket.setNoDelay(true)
  read()
  socket.resume()
}
