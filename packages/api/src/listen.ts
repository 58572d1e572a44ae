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
  /** The actual one, where 0 was asked for. */
  readonly port: number
  /** Lets requests under way end, ends open pages' streams, and frees the port. */
  close(): Promise<void>
}

/** Whoever sends a header or a body more slowly than this is cut off. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
/** How often Node looks for such connections; by default every 30 s, so that 10 s would mean up to 40. */
const CHECK_CONNECTIONS_EVERY_MS = 1_000
/**
 * What 500 open pages need, four times; and a harbour of 1,000 devices, whose connections linger until the device has ended its
 * side, so that each may hold some. Beyond it a new connection is closed at once: those that are open go on.
 */
const MAX_CONNECTIONS = 6_000
/** A fleet that asks at once waits in the system's queue, which cuts it to its own limit; with Node's 511 it would be turned away. */
const BACKLOG = 4096
/** Longer than nginx keeps its own side open, so that the proxy never sends into a connection we just closed. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000
/** Requests still running then are cut off. */
const CLOSE_TIMEOUT_MS = 5000
/** How often is looked whether a connection has become idle meanwhile. */
const LOOK_IDLE_MS = 50

/** Puts the API behind a port; deliveries of the vendor go past Koa. */
export async function listen(options: {
  readonly app: Koa
  readonly receiver: WebhookReceiver
  /** Where requests for a WebSocket go. */
  readonly door: DeviceDoor
  /** Devices on Wi-Fi, below Koa. @default none */
  readonly deviceHttp?: DeviceHttpDoor | null
  readonly hub: LiveHub
  readonly live: LiveSource
  readonly port: number
  readonly host: string
  /** @default 10000 */
  readonly headersTimeoutMs?: number | undefined
  /** When closing: so long requests are still taken, and each answer ends its connection. @default 0 */
  readonly drainMs?: number | undefined
  /** Work in the background to wait for when closing. */
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
      // Who keeps its connection is told with the next answer that it ends; only who asks nothing meanwhile is cut off.
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

/** Waits until nobody is connected, or the time is over. */
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
