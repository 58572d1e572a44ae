import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import type { LinkableDevice } from '@paikea/database'
import type { Log } from '@paikea/domain'
import { createAddressBudget } from '../http/rate-limit.ts'
import { endSocket } from '../end-socket.ts'
import { acceptance, keyOf, type OpeningRequest, readOpening, refusal } from './handshake.ts'
import type { DeviceLinks } from './links.ts'
import { openWebSocket } from './web-socket.ts'

/** The server that devices open their live link to. */
export interface DeviceLinkServer {
  readonly port: number
  /** Stops accepting connections. */
  close(): Promise<void>
}

/** What the server depends on. */
export interface DeviceServerDeps {
  readonly links: DeviceLinks
  /** Who may open a link. @returns `null` for an unknown device. Rejects if that cannot be determined now */
  readonly findDevice: (iam: string) => Promise<LinkableDevice | null>
  /** Called when the device's connection was in another process until now. */
  readonly onMoved?: (device: LinkableDevice) => void
  readonly log: Log
  readonly limits?: {
    /** @default 10 s */
    readonly handshakeMs?: number
    /** Handshakes of unknown devices per address. @default 600 */
    readonly missesPerMinute?: number
  }
}

const MAX_CONNECTIONS = 16_000
/** All devices may reconnect at once; the system caps this at its own limit. */
const BACKLOG = 4096
const DEVICE_LIMITS = { maxMessageBytes: 1024 * 1024, maxWaitingBytes: 256 * 1024 }
const IAM = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/u

/** Opens the port. @throws the socket's own error, such as `EADDRINUSE` */
export async function listenForDevices(deps: DeviceServerDeps, port: number, host: string): Promise<DeviceLinkServer> {
  const { links, findDevice, onMoved, log, limits = {} } = deps
  const { handshakeMs = 10_000, missesPerMinute = 600 } = limits
  const misses = createAddressBudget(missesPerMinute)
  /** A device's latest handshake wins, in whatever order the database responds. */
  const pending = new Map<string, { open: number; newest: number }>()

  async function answer(socket: Socket, opening: OpeningRequest, rest: Buffer): Promise<void> {
    const address = socket.remoteAddress ?? 'unknown'
    const refuse = (status: number, detail: string): void => endSocket(socket, refusal(status, detail))
    const [path = '', query = ''] = opening.path.split('?', 2)
    const iam = path.slice(1)
    const key = keyOf(opening.headers)
    if (key === null) return refuse(426, 'This is the port of the device link: it speaks WebSocket.')
    if (!misses.hasLeft(address)) return refuse(429, 'Too many unknown devices from this address.')
    const turn = pending.get(iam) ?? { open: 0, newest: 0 }
    pending.set(iam, turn)
    turn.open += 1
    turn.newest += 1
    const number = turn.newest
    let device: LinkableDevice | null
    try {
      device = IAM.test(iam) ? await findDevice(iam) : null
    } catch (error) {
      log.warn('link.not-answered', { error: String(error) })
      return refuse(503, 'Not now.')
    } finally {
      turn.open -= 1
      if (turn.open === 0) pending.delete(iam)
    }
    if (number !== turn.newest) return refuse(503, 'A newer connection of this device is being opened.')
    if (device === null) {
      misses.take(address)
      log.info('link.refused', { address, reason: 'unknown-device' })
      return refuse(404, 'There is no such device.')
    }
    if (!isRightKey(device.keyHash, opening, new URLSearchParams(query))) {
      misses.take(address)
      log.warn('link.refused', { iam, address, reason: 'wrong-key' })
      return refuse(401, 'The key is wrong.')
    }
    if (socket.destroyed) return
    socket.write(acceptance(key))
    const opened = openWebSocket(socket, rest, DEVICE_LIMITS, {
      message: (text) => reports.heard(text),
      closed: (reason) => reports.closed(reason),
    })
    const reports = links.attach(device, {
      send: (text) => opened.send(text),
      close: (reason) => opened.close(1001, reason),
    })
    if (device.link?.isOpen === true && device.link.processId !== links.processId) onMoved?.(device)
  }

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let held: Buffer = Buffer.alloc(0)
    const timer = setTimeout(
      () => leave(() => endSocket(socket, refusal(408, 'No handshake was received.'))),
      handshakeMs,
    )
    const leave = (next: () => void): void => {
      clearTimeout(timer)
      socket.off('data', onData)
      socket.off('end', onEnd)
      socket.off('close', onClose)
      next()
    }
    const onData = (piece: Buffer): void => {
      held = held.length === 0 ? piece : Buffer.concat([held, piece])
      const opening = readOpening(held)
      if (opening === 'incomplete') return
      if (opening === 'broken') {
        return leave(() => endSocket(socket, refusal(400, 'This is not a WebSocket handshake.')))
      }
      socket.pause()
      const rest = held.subarray(opening.bytes)
      leave(() => {
        answer(socket, opening, rest).catch((error: unknown) => {
          log.error('link.failed', { error: String(error) })
          endSocket(socket, refusal(503, 'Not now.'))
        })
      })
    }
    const onEnd = (): void => leave(() => endSocket(socket, refusal(400, 'The handshake was incomplete.')))
    const onClose = (): void => leave(() => undefined)
    socket.on('data', onData)
    socket.on('end', onEnd)
    socket.on('close', onClose)
    socket.on('error', () => socket.destroy())
  })
  server.maxConnections = MAX_CONNECTIONS
  await bind(server, port, host)
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** New firmware sends its key as a bearer token or in the address; a device without a key set needs none. */
function isRightKey(keyHash: string | null, { headers }: OpeningRequest, query: URLSearchParams): boolean {
  if (keyHash === null) return true
  const given = /^Bearer +(\S+)$/iu.exec(headers.get('authorization') ?? '')?.[1] ?? query.get('key') ?? ''
  const hash = createHash('sha256').update(given).digest()
  const wanted = Buffer.from(keyHash, 'hex')
  return wanted.length === hash.length && timingSafeEqual(hash, wanted)
}

function bind(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
