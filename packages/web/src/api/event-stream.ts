import type { MessageEventData, ReportEventData } from '@paikea/api/contract'

/** State of the page's live connection. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting'

/** What a stream reports; plain data, so that one tab can pass it on to others. */
export type LiveSignal =
  | { readonly kind: 'state'; readonly state: ConnectionState }
  /** After every connect and whenever events may have been missed: reload what is shown. */
  | { readonly kind: 'resync' }
  /** The connection is alive, and nothing happened. */
  | { readonly kind: 'here' }
  | { readonly kind: 'message'; readonly data: MessageEventData }
  | { readonly kind: 'report'; readonly data: ReportEventData }
  /** The state of an outbound message has changed. */
  | { readonly kind: 'delivery' }
  | { readonly kind: 'logged-out' }

/** A connection kept open until `close()`. */
export interface LiveStream {
  close(): void
}

/**
 * Something arrives at least every 15 s; after this long without, the connection is dead even if it does not report
 * that.
 */
const SILENCE_MS = 40_000
const FIRST_RETRY_MS = 1000
const MAX_RETRY_MS = 30_000

/**
 * Wait before the n-th attempt, 1 being the first: doubling, capped, and jittered so that pages do not reconnect all at
 * once.
 */
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
      // A stream that the browser resumed has sent its position: what it missed follows, or `resync`.
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
    // The browser itself resumes a broken stream from the last event. After some responses it gives up for good without
    // saying which: reloading the fleet then shows whether the session has ended.
    opened.addEventListener('error', () => {
      if (opened.readyState !== EventSource.CLOSED) tell({ kind: 'state', state: 'reconnecting' })
      else {
        retry()
        tell({ kind: 'resync' })
      }
    })
  }
  /** A laptop that wakes up, or a phone back on its network, does not wait for the timer. */
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
