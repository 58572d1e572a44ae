import type { GroupScope } from '@paikea/database'
import type { ServerResponse } from 'node:http'
import { formatEvent, isFor, type LiveFrame, type LiveHub } from '../../live/hub.ts'

/** Options of {@link openStream}. */
export interface StreamOptions {
  readonly hub: LiveHub
  readonly res: ServerResponse
  readonly scope: GroupScope
  /** Called periodically: the page's current scope, or `null` when it has lost access. */
  readonly renew: () => Promise<GroupScope | null>
  /**
   * What a reconnecting page missed, over all groups; resolves to `null` if it must reload. Calls `caughtUp` once the
   * result includes everything that the hub has broadcast so far. `null` for a new page.
   */
  readonly missed: ((caughtUp: () => void) => Promise<readonly LiveFrame[] | null>) | null
  /** Also keeps proxies from closing a quiet connection. @default 15000 */
  readonly heartbeatMs?: number
}

/** Back-pressure limit: a page with more unread bytes is disconnected; it reconnects and reloads. */
const MAX_WAITING_BYTES = 256 * 1024
/** Events buffered while the missed ones are read. */
const MAX_HELD = 2000
/** How soon a page reconnects after its connection broke. */
const RETRY_MS = 2000

/** Turns a response into a stream of the hub's events; `null` if the hub accepts no more subscribers. */
export function openStream(options: StreamOptions): { close(): void } | null {
  const { hub, res, renew, missed, heartbeatMs = 15_000 } = options
  let { scope } = options

  /** Events that arrive while missed ones are read; sent after them. `null`: no buffering. */
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
      // The database is unavailable: keep the present scope, and ask again at the next heartbeat.
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
    // nginx would otherwise buffer events.
    'X-Accel-Buffering': 'no',
  })
  // With an id, a reconnecting browser says how far it got.
  write(`retry: ${String(RETRY_MS)}\nid: ${hub.position() ?? 'new'}\n${formatEvent('hello', {})}`)
  void missed?.(() => (held = [])).then((frames) => {
    if (frames === null) write(formatEvent('resync', { reason: 'reconnected' }))
    else for (const { audience, text } of frames) if (isFor(audience, scope)) write(text)
    for (const text of held ?? []) write(text)
    held = null
  })
  return { close }
}
