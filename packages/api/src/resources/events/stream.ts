import type { GroupScope } from '@paikea/database'
import type { ServerResponse } from 'node:http'
import { formatEvent, isFor, type LiveHub } from '../../live/hub.ts'

/** Options of {@link openStream}. */
export interface StreamOptions {
  readonly hub: LiveHub
  readonly res: ServerResponse
  readonly scope: GroupScope
  /** Asked again from time to time: what the page may see now, `null` when it may no longer. */
  readonly renew: () => Promise<GroupScope | null>
  /** The page was connected before: it has to read again what it shows. */
  readonly hasMissedSome: boolean
  /** Also keeps proxies from closing a quiet connection. @default 15000 */
  readonly heartbeatMs?: number
}

/** A page that takes in so little is cut off: it comes back and reads again. */
const MAX_WAITING_BYTES = 256 * 1024
/** How soon a page tries again after its connection broke. */
const RETRY_MS = 2000

/** Turns an answer into a stream of the hub's events; `null` when the hub takes nobody any more. */
export function openStream(options: StreamOptions): { close(): void } | null {
  const { hub, res, renew, hasMissedSome, heartbeatMs = 15_000 } = options
  let { scope } = options

  const write = (text: string): void => {
    if (res.writableLength > MAX_WAITING_BYTES) res.destroy()
    else res.write(text)
  }
  const close = (): void => void res.end()
  const unsubscribe = hub.subscribe({
    send: ({ audience, text }) => {
      if (isFor(audience, scope)) write(text)
    },
    close,
  })
  if (unsubscribe === null) return null

  const heartbeat = setInterval(() => {
    write(formatEvent('here', { at: new Date().toISOString() }))
    renew().then(
      (renewed) => {
        if (renewed === null) {
          write(formatEvent('logged-out', {}))
          close()
        } else {
          scope = renewed
        }
      },
      // The database is away: the page keeps what it had, and is asked again with the next heartbeat.
      () => undefined,
    )
  }, heartbeatMs)
  heartbeat.unref()
  res.once('close', () => {
    clearInterval(heartbeat)
    unsubscribe()
  })
  res.once('error', () => res.destroy())

  res.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    // nginx would hold events back until a buffer is full.
    'X-Accel-Buffering': 'no',
  })
  // An id makes a browser tell that it was here before when it comes back.
  write(`retry: ${String(RETRY_MS)}\nid: ${Date.now().toString(36)}\n${formatEvent('hello', {})}`)
  if (hasMissedSome) write(formatEvent('resync', { reason: 'reconnected' }))
  return { close }
}
