/**
 * Devices and people share a port. Whoever begins a connection with a request line of a device is served on the bare socket,
 * where every byte of the answer is ours; everybody else gets the HTTP server, with what was read handed on.
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { DEVICE_BEGINNINGS } from '@paikea/firmware/wire'

const BEGINNINGS = DEVICE_BEGINNINGS.map((text) => Buffer.from(text, 'latin1'))
const LONGEST = Math.max(...BEGINNINGS.map(({ length }) => length))
/** Whoever says nothing for this long is the HTTP server's, which has its own limits. */
const PATIENCE_MS = 5000

/** Serves the connection of a device. */
export type ServeDevice = (socket: Socket, first: Buffer) => void

/** Puts the door before a server that does not listen yet. */
export function openFrontDoor(server: Server, serveDevice: ServeDevice): void {
  const others = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    let held: Buffer = Buffer.alloc(0)
    const handOver = (): void => {
      release()
      for (const listener of others) Reflect.apply(listener, server, [socket])
      // Not put back into the stream: under Deno a read that was under way reaches the HTTP parser past the stream, and so
      // before what waits in it.
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
