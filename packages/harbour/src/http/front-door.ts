/**
 * Lets devices and users share a port. A connection that starts with a device's request line is served on the bare
 * socket, where we control every byte of the response; any other goes to the HTTP server, along with the bytes already
 * read.
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { DEVICE_BEGINNINGS } from '@paikea/firmware/wire'

const BEGINNINGS = DEVICE_BEGINNINGS.map((text) => Buffer.from(text, 'latin1'))
const LONGEST = Math.max(...BEGINNINGS.map(({ length }) => length))
/** A connection silent for this long goes to the HTTP server, which has its own limits. */
const PATIENCE_MS = 5000

/** Serves a device's connection. */
export type ServeDevice = (socket: Socket, first: Buffer) => void

/** Installs the front door on a server that is not listening yet. */
export function openFrontDoor(server: Server, serveDevice: ServeDevice): void {
  const others = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    let held: Buffer = Buffer.alloc(0)
    const handOver = (): void => {
      release()
      for (const listener of others) Reflect.apply(listener, server, [socket])
      // Not with `unshift`: under Deno a pending read bypasses the stream and reaches the HTTP parser before what was
      // unshifted.
      if (held.length > 0) socket.emit('data', held)
      socket.resume()
    }
    const patience = setTimeout(handOver, PATIENCE_MS)
    const onData = (piece: Buffer): void => {
      held = held.length === 0 ? piece : Buffer.concat([held, piece])
      const whose = tell(held)
      if (whose === 'unknown') return
      socket.pause()
      if (whose === 'other') return handOver()
      release()
      serveDevice(socket, held)
    }
    const onGone = (): void => {
      release()
      socket.destroy()
    }
    const release = (): void => {
      clearTimeout(patience)
      socket.off('data', onData)
      socket.off('end', onGone)
      socket.off('error', onGone)
    }
    socket.on('data', onData)
    socket.on('end', onGone)
    socket.on('error', onGone)
  })
}

function tell(held: Buffer): 'device' | 'other' | 'unknown' {
  let isOpen = false
  for (const beginning of BEGINNINGS) {
    const length = Math.min(held.length, beginning.length)
    if (held.compare(beginning, 0, length, 0, length) !== 0) continue
    if (held.length >= beginning.length) return 'device'
    isOpen = true
  }
  return isOpen && held.length < LONGEST ? 'unknown' : 'other'
}
