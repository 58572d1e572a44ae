import type Koa from 'koa'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { asRequest } from './http/request-id.ts'
import type { DeviceDoor } from './live/device-door.ts'
import type { LiveHub } from './live/hub.ts'
import type { LiveSource } from './live/live-source.ts'
import type { DeviceHttpDoor } from './services.ts'
import type { WebhookReceiver } from './webhooks/receiver.ts'

/** A listening server. */
export interface Listening {
  /** The actual port if 0 was requested. */
  readonly port: number
  /** Drains requests in flight, ends open event streams, and frees the port. */
  close(): Promise<void>
}

/** A client that takes longer to send its headers or its body is disconnected. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
/** How often Node checks for slow connections; its default of 30 s would stretch 10 s to as much as 40. */
const CHECK_CONNECTIONS_EVERY_MS = 1_000
/**
 * Four times what 500 open pages need, or a harbour of 1,000 devices, whose connections linger until the device closes
 * its side, so that one device may hold several. Further connections are closed at once; existing ones continue.
 */
const MAX_CONNECTIONS = 6_000
/**
 * A whole fleet connecting at once waits in the kernel's queue, capped by the system; Node's default of 511 would
 * refuse some.
 */
const BACKLOG = 4096
/** Longer than nginx's keep-alive, so that the proxy never sends into a connection we just closed. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000
/** Requests still running after this are aborted. */
const CLOSE_TIMEOUT_MS = 5000
/** How often closing checks for connections that have become idle. */
const LOOK_IDLE_MS = 50

/** Binds the API to a port; the vendor's deliveries bypass Koa. */
export async function listen(options: {
  readonly app: Koa
  readonly receiver: WebhookReceiver
  /** Handles WebSocket upgrades. */
  readonly door: DeviceDoor
  /** Handles devices on Wi-Fi, below Koa. @default none */
  readonly deviceHttp?: DeviceHttpDoor | null
  readonly hub: LiveHub
  readonly live: LiveSource
  readonly port: number
  readonly host: string
  /** @default 10000 */
  readonly headersTimeoutMs?: number | undefined
  /** How long a closing server still takes requests; each response then closes its connection. @default 0 */
  readonly drainMs?: number | undefined
  /** Waits for background work when closing. */
  readonly settle: () => Promise<void>
}): Promise<Listening> {
  const { app, receiver, door, deviceHttp = null, hub, live, port, host, settle } = options
  const { headersTimeoutMs = HEADERS_TIMEOUT_MS, drainMs = 0 } = options
  const callback = app.callback()
  const answering = new Set<ServerResponse>()
  let isClosing = false
  const server = createServer({ connectionsCheckingInterval: CHECK_CONNECTIONS_EVERY_MS }, (req, res) => {
    answering.add(res)
    res.once('close', () => answering.delete(res))
    if (isClosing) res.shouldKeepAlive = false
    asRequest(() => {
      if (receiver.handle(req, res) || deviceHttp?.handle(req, res) === true) return
      void callback(req, res)
    })
  })
  server.on('upgrade', door)
  server.maxConnections = MAX_CONNECTIONS
  server.headersTimeout = headersTimeoutMs
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS
  deviceHttp?.attach(server)
  await bind(server, port, host)
  live.start()
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      // A kept-alive connection is closed by its next response; only idle ones are cut.
      isClosing = true
      for (const res of answering) if (!res.headersSent) res.shouldKeepAlive = false
      hub.close()
      await letAskOnce(server, drainMs)
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const idle = setInterval(() => server.closeIdleConnections(), LOOK_IDLE_MS)
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS)
      await Promise.all([closed, live.stop()])
      clearTimeout(cut)
      clearInterval(idle)
      await settle()
    },
  }
}

/** Waits until all connections are closed, or the time is up. */
async function letAskOnce(server: Server, drainMs: number): Promise<void> {
  const end = performance.now() + drainMs
  while (performance.now() < end && (await connectionsOf(server)) > 0) await sleep(LOOK_IDLE_MS)
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count ?? 0)))
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
