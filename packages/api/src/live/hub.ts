import type { EventName } from '@paikea/domain'
import type { GroupScope } from '@paikea/database'

/** Something that just happened, for open pages. */
export interface LiveEvent {
  readonly type: EventName
  /** The group that may see it; `null`: only callers who see all groups. */
  readonly groupId: number | null
  /** A second group that may see it. */
  readonly otherGroupId?: number | null
  /** Identifies the occurrence: if it is found again, it has the same key. */
  readonly key: string
  readonly data: object
}

/** A serialised event: written once, however many pages are open. */
export interface LiveFrame {
  /** Groups (empty: only callers who see all of them), or everyone. */
  readonly audience: readonly number[] | 'everyone'
  readonly text: string
}

/** A watcher of the hub. */
export interface LiveSubscriber {
  send(frame: LiveFrame): void
  /** The hub is closing: end the stream. */
  close(): void
}

/** Broadcasts events to open pages, in this process. */
export interface LiveHub {
  /** Broadcasts an event unless it already did. Costs next to nothing with no subscribers. */
  publish(event: LiveEvent): void
  /** Whether this event was broadcast recently. */
  hasSeen(type: LiveEvent['type'], key: string): boolean
  /** Tells pages that they have received everything up to a position. */
  moveTo(position: string): void
  /** The position last told to pages; `null` before the first look. */
  position(): string | null
  /** Tells every page that it may have missed something and must reload. */
  resync(reason: string): void
  /** @returns the function that ends it; `null` if there are too many subscribers */
  subscribe(subscriber: LiveSubscriber): (() => void) | null
  watcherCount(): number
  stats(): { readonly watchers: number; readonly published: number }
  close(): void
}

/** Options of {@link createLiveHub}. */
export interface LiveHubOptions {
  /** @default 500 */
  readonly maxWatchers?: number
  /** How long events are remembered for deduplication. @default 60000 */
  readonly rememberMs?: number
}

/** Creates the hub. */
export function createLiveHub(options: LiveHubOptions = {}): LiveHub {
  const { maxWatchers = 500, rememberMs = 60_000 } = options
  const watchers = new Set<LiveSubscriber>()
  /** In order of time, so that expired keys are at the front. */
  const seen = new Map<string, number>()
  let published = 0
  let position: string | null = null

  const forget = (now: number): void => {
    for (const [key, at] of seen) {
      if (now - at < rememberMs) return
      seen.delete(key)
    }
  }
  const broadcast = (frame: LiveFrame): void => {
    for (const watcher of watchers) watcher.send(frame)
  }

  return {
    publish(event) {
      if (watchers.size === 0) return
      const key = `${event.type} ${event.key}`
      if (seen.has(key)) return
      const now = performance.now()
      forget(now)
      seen.set(key, now)
      published += 1
      broadcast(toFrame(event))
    },
    hasSeen: (type, key) => seen.has(`${type} ${key}`),
    moveTo(next) {
      if (next === position) return
      position = next
      // An event without data is not dispatched: it only updates the page's last event id.
      broadcast({ audience: 'everyone', text: `id: ${next}\n\n` })
    },
    position: () => position,
    resync(reason) {
      broadcast({ audience: 'everyone', text: formatEvent('resync', { reason }) })
    },
    subscribe(subscriber) {
      if (watchers.size >= maxWatchers) return null
      watchers.add(subscriber)
      return () => void watchers.delete(subscriber)
    },
    watcherCount: () => watchers.size,
    stats: () => ({ watchers: watchers.size, published }),
    close() {
      for (const watcher of watchers) watcher.close()
      watchers.clear()
      seen.clear()
    },
  }
}

/** Serialises an event. */
export function toFrame({ type, groupId, otherGroupId = null, data }: LiveEvent): LiveFrame {
  const audience = [groupId, otherGroupId].filter((id) => id !== null)
  return { audience, text: formatEvent(type, data) }
}

/** Formats one server-sent event. */
export function formatEvent(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
}

/** Whether a caller may see a frame. */
export function isFor(audience: LiveFrame['audience'], scope: GroupScope): boolean {
  if (audience === 'everyone' || 'all' in scope) return true
  return audience.some((id) => scope.groupIds.includes(id))
}
