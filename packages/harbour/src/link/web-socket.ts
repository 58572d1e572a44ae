import { isUtf8 } from 'node:buffer'
import type { Socket } from 'node:net'
import { endSocket } from '../end-socket.ts'
import { closeFrame, createFrameReader, FrameError, type Incoming, pongFrame, textFrame } from './frames.ts'

/** Events of an open WebSocket. */
export interface WebSocketEvents {
  /** @param text bytes that are not UTF-8 are decoded as Latin-1, so that users see what was sent */
  message(text: string): void
  /** Called once, as the last event. */
  closed(reason: string): void
}

/** Our end of an open WebSocket. */
export interface OpenSocket {
  /** Sends a whole message. @returns `false` if the peer reads too slowly or is gone */
  send(text: string): boolean
  /** Sends a close frame and a FIN, then ends. */
  close(code: number, reason: string): void
  readonly isOpen: boolean
}

/** Limits on one connection. */
export interface SocketLimits {
  readonly maxMessageBytes: number
  /** Unsent bytes allowed to queue for the peer; beyond this `send` refuses. */
  readonly maxWaitingBytes: number
}

/** Turns a connection into a WebSocket once its handshake is done. @param first bytes read beyond the handshake */
export function openWebSocket(
  socket: Socket,
  first: Buffer,
  limits: SocketLimits,
  events: WebSocketEvents,
): OpenSocket {
  const reader = createFrameReader(limits.maxMessageBytes)
  let isOpen = true
  const finish = (reason: string, last: Buffer | null): void => {
    if (!isOpen) return
    isOpen = false
    if (last === null) socket.destroy()
    else endSocket(socket, last)
    events.closed(reason)
  }
  const take = (incoming: Incoming): void => {
    if (incoming.kind === 'message') {
      const { data } = incoming
      events.message(data.toString(isUtf8(data) ? 'utf8' : 'latin1'))
    } else if (incoming.kind === 'ping') socket.write(pongFrame(incoming.data))
    else if (incoming.kind === 'close') finish('closed by the other side', closeFrame(1000, ''))
  }
  const read = (piece: Buffer): void => {
    try {
      for (const incoming of reader.read(piece)) if (isOpen) take(incoming)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      finish(`broken frame: ${error.message}`, closeFrame(error.code, error.message))
    }
  }
  socket.on('data', read)
  socket.on('end', () => finish('ended by the other side', closeFrame(1000, '')))
  socket.on('error', (error) => finish(`lost: ${'code' in error ? String(error.code) : 'error'}`, null))
  socket.on('close', () => finish('lost', null))
  socket.setNoDelay(true)
  // Detects a peer that vanished; silence alone never ends a connection.
  socket.setKeepAlive(true, 60_000)
  socket.setTimeout(0)
  queueMicrotask(() => {
    if (first.length > 0 && isOpen) read(first)
    if (isOpen) socket.resume()
  })
  return {
    send(text) {
      if (!isOpen || socket.writableLength > limits.maxWaitingBytes) return false
      socket.write(textFrame(text))
      return true
    },
    close: (code, reason) => finish(reason, closeFrame(code, reason)),
    get isOpen() {
      return isOpen
    },
  }
}
