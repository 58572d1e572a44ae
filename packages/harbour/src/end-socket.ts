import type { Socket } from 'node:net'

/** How long to wait for the peer to close its half; a device never does. */
const LINGER_MS = 2000
/** How much to read meanwhile. */
const LINGER_BYTES = 1024 * 1024

/**
 * Closes a connection without a reset: sends the last bytes and a FIN, then reads and discards until the peer closes
 * too or time runs out. Closing with unread bytes resets the connection, and the device would lose what was sent.
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
