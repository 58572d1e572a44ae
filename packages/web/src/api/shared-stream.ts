import { type ConnectionState, type LiveSignal, type LiveStream, openStream } from './event-stream.ts'

/** Messages between tabs: the stream's signals, and "is there a leader?" */
type TabSignal = LiveSignal | { readonly kind: 'who' }

/** A leader responds at once, unless it is frozen. */
const ANSWER_MS = 5_000
/** A stream signals something every 15 s; if a phone freezes its tab, the tab neither signals nor releases the lock. */
const LEADER_SILENCE_MS = 60_000

/** Whether this browser's tabs can elect one that holds the stream: only over HTTPS or on localhost. */
export function canShareStream(): boolean {
  return 'locks' in navigator && 'BroadcastChannel' in globalThis
}

/**
 * One stream for all tabs of a browser, which allows only six connections per service over HTTP/1.1: the tab that holds
 * the lock opens it and broadcasts its signals; when that tab closes, the next one takes over. A silent leader is
 * replaced.
 *
 * @param name the same for tabs that share a stream
 */
export function shareStream(name: string, tell: (signal: LiveSignal) => void): LiveStream {
  let channel: BroadcastChannel | null = null
  let stream: LiveStream | null = null
  let state: ConnectionState = 'connecting'
  let standing = new AbortController()
  let letGo: (() => void) | null = null
  let patience: ReturnType<typeof setTimeout> | undefined

  const hear = (signal: LiveSignal): void => {
    if (signal.kind === 'state') state = signal.state
    tell(signal)
  }
  const waitForLeader = (ms: number): void => {
    clearTimeout(patience)
    // Jittered, so that not all of them take over at once.
    if (channel !== null && stream === null) patience = setTimeout(relieve, ms * (1 + Math.random() / 2))
  }
  const lead = (): Promise<void> =>
    new Promise((resolve) => {
      clearTimeout(patience)
      letGo = resolve
      stream = openStream((signal) => {
        channel?.postMessage(signal satisfies TabSignal)
        hear(signal)
      })
    })
  const follow = (): void => {
    stream?.close()
    stream = null
    letGo?.()
    letGo = null
  }
  const stand = (options: { readonly steal?: true }): void => {
    standing.abort()
    standing = new AbortController()
    const isWanted = standing.signal
    // A request that steals the lock cannot be aborted.
    const how = options.steal === true ? { steal: true } : { signal: isWanted }
    navigator.locks
      .request(name, how, () => (channel === null || isWanted.aborted ? undefined : lead()))
      .catch(() => {
        // Aborted, or replaced by another tab: then this one queues again.
        if (isWanted.aborted || channel === null) return
        follow()
        waitForLeader(LEADER_SILENCE_MS)
        stand({})
      })
  }
  function relieve(): void {
    if (channel !== null && stream === null) stand({ steal: true })
  }
  const ask = (): void => {
    if (channel === null || stream !== null || document.visibilityState !== 'visible') return
    channel.postMessage({ kind: 'who' } satisfies TabSignal)
    waitForLeader(ANSWER_MS)
  }
  const join = (): void => {
    if (channel !== null) return
    channel = new BroadcastChannel(name)
    channel.addEventListener('message', ({ data }: MessageEvent<TabSignal>) => {
      if (data.kind === 'who') {
        if (stream !== null) channel?.postMessage({ kind: 'state', state } satisfies TabSignal)
        return
      }
      // For a moment there are two leaders while one replaces the other.
      if (stream !== null) return
      waitForLeader(LEADER_SILENCE_MS)
      hear(data)
    })
    hear({ kind: 'state', state: 'connecting' })
    stand({})
    ask()
  }
  /** A page that is left hands over to the next at once. */
  const leave = (): void => {
    clearTimeout(patience)
    channel?.close()
    channel = null
    standing.abort()
    follow()
  }
  /** Restored from the browser's back/forward cache: what happened meanwhile is unknown. */
  const comeBack = ({ persisted }: PageTransitionEvent): void => {
    if (!persisted) return
    join()
    tell({ kind: 'resync' })
  }
  const close = (): void => {
    leave()
    window.removeEventListener('pagehide', leave)
    window.removeEventListener('pageshow', comeBack)
    document.removeEventListener('visibilitychange', ask)
  }

  window.addEventListener('pagehide', leave)
  window.addEventListener('pageshow', comeBack)
  document.addEventListener('visibilitychange', ask)
  join()
  return { close }
}
