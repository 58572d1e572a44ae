import type { MessageEventData, ReportEventData } from '@paikea/api/contract'

/** How the page is connected to what happens. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting'

/** What the connection tells. */
export interface LiveListener {
  onState(state: ConnectionState): void
  /** After every connect and whenever something may have been missed: read again what is shown. */
  onResync(): void
  onMessage(message: MessageEventData): void
  onReport(report: ReportEventData): void
  /** The state of a message out has changed. */
  onDelivery(): void
  onLoggedOut(): void
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

/** Opens the connection and keeps it open until `close()`. */
export function connectLive(listener: LiveListener): { close(): void } {
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
    listener.onState('reconnecting')
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
    opened.addEventListener('hello', () => {
      attempt = 0
      alive()
      listener.onState('live')
      // One that the browser has taken up again told how far it was: what it missed follows, or `resync`.
      if (isNew) listener.onResync()
      isNew = false
    })
    opened.addEventListener('here', alive)
    opened.addEventListener('resync', () => {
      alive()
      listener.onResync()
    })
    opened.addEventListener('message', (event: MessageEvent<string>) => {
      alive()
      listener.onMessage(JSON.parse(event.data) as MessageEventData)
    })
    opened.addEventListener('report', (event: MessageEvent<string>) => {
      alive()
      listener.onReport(JSON.parse(event.data) as ReportEventData)
    })
    opened.addEventListener('delivery', () => {
      alive()
      listener.onDelivery()
    })
    opened.addEventListener('logged-out', () => {
      close()
      listener.onLoggedOut()
    })
    // The browser takes up what broke by itself, from the last event on. On some answers it gives up for good.
    opened.addEventListener('error', () => {
      if (opened.readyState === EventSource.CLOSED) retry()
      else listener.onState('reconnecting')
    })
  }
  /** A laptop that wakes up, or a phone that has its network back, does not wait for the timer. */
  const hurry = (): void => {
    if (isClosed || source?.readyState === EventSource.OPEN) return
    clearTimeout(retryTimer)
    disconnect()
    connect()
  }
  /** A page that is left gives its connection back at once: a browser has six of them for all pages of a service. */
  const leave = (): void => {
    clearTimeout(retryTimer)
    disconnect()
  }
  /** Shown again out of the browser's memory, as it was when it was left. */
  const comeBack = (event: PageTransitionEvent): void => {
    if (event.persisted) hurry()
  }
  function close(): void {
    isClosed = true
    leave()
    window.removeEventListener('online', hurry)
    window.removeEventListener('pagehide', leave)
    window.removeEventListener('pageshow', comeBack)
  }

  listener.onState('connecting')
  window.addEventListener('online', hurry)
  window.addEventListener('pagehide', leave)
  connect()
  window.addEventListener('pageshow', comeBack)
  return { close }
}
