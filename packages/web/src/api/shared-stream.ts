import { type ConnectionState, type LiveSignal, type LiveStream, openStream } from './event-stream.ts'

/** What tabs say to each other: what the stream tells, and "is anybody there?" */
type TabSignal = LiveSignal | { readonly kind: 'who' }

/** Whoever leads answers at once, unless it is frozen. */
const ANSWER_MS = 5_000
/** A stream tells something every 15 s; its tab, frozen by a phone, tells nothing and lets go of nothing. */
const LEADER_SILENCE_MS = 60_000

/** Whether tabs of this browser can agree on one that holds the stream: only on HTTPS or localhost. */
export function canShareStream(): boolean {
  return 'locks' in navigator && 'BroadcastChannel' in globalThis
}

/**
 * One stream for all tabs of a browser, which has six connections for a whole service over HTTP/1.1: the tab that holds
 * the lock opens it and passes on what it tells; when that tab closes the next one takes over. A leader that has fallen
 * silent is relieved.
 *
 * @param name the same for those tabs that share
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
    // Spread, so that not all of them take over at once.
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
    // One that takes the lock away cannot be called off.
    const how = options.steal === true ? { steal: true } : { signal: isWanted }
    navigator.locks
      .request(name, how, () => (channel === null || isWanted.aborted ? undefined : lead()))
      .catch(() => {
        // Called off, or relieved by another tab: then this one stands in line again.
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
      // Two lead for a moment while one relieves the other.
      if (stream !== null) return
      waitForLeader(LEADER_SILENCE_MS)
      hear(data)
    })
    hear({ kind: 'state', state: 'connecting' })
    stand({})
    ask()
  }
  /** A page that is left gives its place to the next at once. */
  const leave = (): void => {
    clearTimeout(patience)
    channel?.close()
    channel = null
    standing.abort()
    follow()
  }
  /** Shown again out of the browser's memory, as it was when it was left: what happened meanwhile is not known. */
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
