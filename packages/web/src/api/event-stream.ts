import type { MessageEventData, ReportEventData } from '@paikea/api/contract'

/** How the page is connected to what happens. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting'

/** What a stream tells; plain, so that one tab can pass it on to others. */
export type LiveSignal =
  | { readonly kind: 'state'; readonly state: ConnectionState }
  /** After every connect and whenever something may have been missed: read again what is shown. */
  | { readonly kind: 'resync' }
  /** The connection lives, and nothing happened. */
  | { readonly kind: 'here' }
  | { readonly kind: 'message'; readonly data: MessageEventData }
  | { readonly kind: 'report'; readonly data: ReportEventData }
  /** The state of a message out has changed. */
  | { readonly kind: 'delivery' }
  | { readonly kind: 'logged-out' }

/** A connection that is kept open until `close()`. */
export interface LiveStream {
  close(): void
}

/** Something comes at least every 15 s; after this long without, the connection is dead though it does not say so. */
const SILENCE_MS = 40_000
const FIRST_RETRY_MS = 1000
const MAX_RETRY_MS = 30_000

/** How long to wait before the n-th try, 1 being the first: doubling, bounded, and spread so that pages do not all come at once. */
export function retryDelayMs(attempt: number, random: number): number {
  const full = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1))
  return full * (0.5 + random / 2)
}

/** Opens a stream of the service's events and keeps it open until `close()`. */
export function openStream(tell: (signal: LiveSignal) => void): LiveStream {
  let source: EventSource | null = null
  let attempt = 0
  let isClosed = false
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let silenceTimer: ReturnType<typeof setTimeout> | undefined

  const disconnect = (): void => {
    clearTimeout(silenceTimer)
    source?.close()
    source = null
  }
  const retry = (): void => {
    disconnect()
    if (isClosed) return
    attempt += 1
    tell({ kind: 'state', state: 'reconnecting' })
    clearTimeout(retryTimer)
    retryTimer = setTimeout(connect, retryDelayMs(attempt, Math.random()))
  }
  const alive = (): void => {
    clearTimeout(silenceTimer)
    silenceTimer = setTimeout(retry, SILENCE_MS)
  }
  function connect(): void {
    if (isClosed) return
    const opened = new EventSource('/v1/events')
    source = opened
    alive()
    let isNew = true
    const on = (name: string, signalOf: (data: string) => LiveSignal): void => {
      opened.addEventListener(name, (event) => {
        alive()
        tell(signalOf((event as MessageEvent<string>).data))
      })
    }
    opened.addEventListener('hello', () => {
      attempt = 0
      alive()
      tell({ kind: 'state', state: 'live' })
      // One that the browser has taken up again told how far it was: what it missed follows, or `resync`.
      if (isNew) tell({ kind: 'resync' })
      isNew = false
    })
    on('here', () => ({ kind: 'here' }))
    on('resync', () => ({ kind: 'resync' }))
    on('message', (data) => ({ kind: 'message', data: JSON.parse(data) as MessageEventData }))
    on('report', (data) => ({ kind: 'report', data: JSON.parse(data) as ReportEventData }))
    on('delivery', () => ({ kind: 'delivery' }))
    opened.addEventListener('logged-out', () => {
      close()
      tell({ kind: 'logged-out' })
    })
    // The browser takes up what broke by itself, from the last event on. On some answers it gives up for good, and does
    // not say on which: whoever reads the fleet again learns whether nobody is logged in any more.
    opened.addEventListener('error', () => {
      if (opened.readyState !== EventSource.CLOSED) tell({ kind: 'state', state: 'reconnecting' })
      else {
        retry()
        tell({ kind: 'resync' })
      }
    })
  }
  /** A laptop that wakes up, or a phone that has its network back, does not wait for the timer. */
  const hurry = (): void => {
    if (isClosed || source?.readyState === EventSource.OPEN) return
    clearTimeout(retryTimer)
    disconnect()
    connect()
  }
  function close(): void {
    isClosed = true
    clearTimeout(retryTimer)
    disconnect()
    window.removeEventListener('online', hurry)
  }

  tell({ kind: 'state', state: 'connecting' })
  window.addEventListener('online', hurry)
  connect()
  return { close }
}
