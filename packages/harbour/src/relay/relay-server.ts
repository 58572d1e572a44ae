import { randomBytes } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import type { Log } from '@paikea/domain'
import type { DeviceLinks } from '../link/links.ts'
import type { Room } from '../link/room.ts'
import { switchToUpdater } from '../link/updater.ts'
import { isSameProof, listenTo, proofOf, type RelayMessage, say } from './relay-wire.ts'

/** The port through which other processes reach this one's rooms. */
export interface RelayServer {
  /** `host:port`, stored in the devices' rows. */
  readonly address: string
  close(): Promise<void>
}

const PROOF_WITHIN_MS = 5000

/** Opens it. @param advertised the host by which others reach it. @throws the socket's own error */
export async function listenForRelay(options: {
  readonly links: DeviceLinks
  readonly secret: string
  readonly log: Log
  readonly port: number
  readonly host: string
  /** As in `switchToUpdater`. */
  readonly updaterAgeMs?: number | undefined
}): Promise<RelayServer> {
  const { links, secret, log, port, host, updaterAgeMs } = options
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    const nonce = randomBytes(16).toString('hex')
    let theirNonce: string | null = null
    let isKnown = false
    const rooms = new Map<string, Room>()
    const timer = setTimeout(() => {
      if (!isKnown) socket.destroy()
    }, PROOF_WITHIN_MS)
    const leave = (page: string): void => {
      const room = rooms.get(page)
      if (room === undefined) return
      rooms.delete(page)
      room.leave(page)
      links.tidy(room)
    }

    function greet(message: RelayMessage): void {
      if (message.t === 'hello' && theirNonce === null) {
        theirNonce = message.nonce
        return
      }
      const wanted = proofOf(secret, 'client', links.processId, [nonce, theirNonce ?? ''])
      if (message.t !== 'proof' || theirNonce === null || !isSameProof(message.proof, wanted)) {
        log.warn('relay.refused', { address: socket.remoteAddress })
        socket.destroy()
        return
      }
      isKnown = true
      say(socket, { t: 'proof', proof: proofOf(secret, 'server', links.processId, [theirNonce, nonce]) })
    }

    function serve(message: RelayMessage): void {
      if (message.t === 'open') {
        const { page, device, user, role } = message
        leave(page)
        const room = links.roomOf(device)
        rooms.set(page, room)
        room.join({ id: page, user, role, send: (text) => void say(socket, { t: 'text', page, text }) })
      } else if (message.t === 'text') rooms.get(message.page)?.receive(message.page, message.text)
      else if (message.t === 'leave') leave(message.page)
      else if (message.t === 'drop') {
        const connection = links.find(message.iam)?.connection ?? null
        if (connection?.linkId === message.linkId) connection.close('replaced by a newer connection of the device')
      } else if (message.t === 'updater') {
        const { id, iam } = message
        void switchToUpdater(links.find(iam), { now: new Date(), leastAgeMs: updaterAgeMs }).then((outcome) =>
          say(socket, { t: 'outcome', id, outcome }),
        )
      }
    }

    listenTo(socket, (message) => (isKnown ? serve(message) : greet(message)))
    socket.on('close', () => {
      clearTimeout(timer)
      sockets.delete(socket)
      for (const page of rooms.keys()) leave(page)
    })
    say(socket, { t: 'hello', from: links.processId, nonce })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const bound = server.address()
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      return closed
    },
  }
}
