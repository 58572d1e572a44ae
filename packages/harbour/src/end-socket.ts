import type { Socket } from 'node:net'

/** How long the other side may take to end its half; a device never does. */
const LINGER_MS = 2000
/** What may still come meanwhile. */
const LINGER_BYTES = 1024 * 1024

/**
 * Ends a connection without a reset: last bytes, FIN, then what still comes is read and thrown away until the other side ends
 * too or the time is over. Closed with bytes unread, a connection is reset, and a device that is reset hears nothing any more.
 */
export function endSocket(socket: Socket, last: string | Buffer, lingerMs = LINGER_MS): void {
  if (socket.destroyed) return
  socket.removeAllListeners('data')
  let bytes = 0
  socket.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > LINGER_BYTES) socket.destroy()
  })
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(timer))
  const finish = (): void => {
    if (socket.readableEnded) socket.destroy()
    else socket.once('end', () => socket.destroy())
  }
  if (socket.writableEnded) finish()
  else socket.end(last, finish)
}
