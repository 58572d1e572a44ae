import type { GroupScope } from '@paikea/database'
import type { ServerResponse } from 'node:http'
import { formatEvent, isFor, type LiveFrame, type LiveHub } from '../../live/hub.ts'

/** Options of {@link openStream}. */
export interface StreamOptions {
  readonly hub: LiveHub
  readonly res: ServerResponse
  readonly scope: GroupScope
  /** Asked again from time to time: what the page may see now, `null` when it may no longer. */
  readonly renew: () => Promise<GroupScope | null>
  /**
   * What the page missed that was connected before, for its groups and others; `null` as the answer = it has to read again what it shows.
   * Calls `caughtUp` once what the hub passed on so far is among it.
   * `null` for a page that is new.
   */
  readonly missed: ((caughtUp: () => void) => Promise<readonly LiveFrame[] | null>) | null
  /** Also keeps proxies from closing a quiet connection. @default 15000 */
  readonly heartbeatMs?: number
}

/** A page that takes in so little is cut off: it comes back and reads again. */
const MAX_WAITING_BYTES = 256 * 1024
/** So many events are held back while what a page missed is read for it. */
const MAX_HELD = 2000
/** How soon a page tries again after its connection broke. */
const RETRY_MS = 2000

/** Turns an answer into a stream of the hub's events; `null` when the hub takes nobody any more. */
export function openStream(options: StreamOptions): { close(): void } | null {
  const { hub, res, renew, missed, heartbeatMs = 15_000 } = options
  let { scope } = options

  /** What happens while what was missed is read: told after it. `null` = nothing is held back. */
  let held: string[] | null = missed === null ? null : []

  const write = (text: string): void => {
    if (res.writableLength > MAX_WAITING_BYTES) res.destroy()
    else res.write(text)
  }
  const close = (): void => void res.end()
  const unsubscribe = hub.subscribe({
    send: ({ audience, text }) => {
      if (!isFor(audience, scope)) return
      if (held === null) write(text)
      else if (held.push(text) > MAX_HELD) res.destroy()
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
  // An id makes a browser tell, when it comes back, how far it was told.
  write(`retry: ${String(RETRY_MS)}\nid: ${hub.position() ?? 'new'}\n${formatEvent('hello', {})}`)
  void missed?.(() => (held = [])).then((frames) => {
    if (frames === null) write(formatEvent('resync', { reason: 'reconnected' }))
    else for (const { audience, text } of frames) if (isFor(audience, scope)) write(text)
    for (const text of held ?? []) write(text)
    held = null
  })
  return { close }
}
