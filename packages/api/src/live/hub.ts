import type { EventName } from '@paikea/domain'
import type { GroupScope } from '@paikea/database'

/** Something that just happened, for pages that are open. */
export interface LiveEvent {
  readonly type: EventName
  /** Who may see it; `null` = only who sees all groups. */
  readonly groupId: number | null
  /** A second group that may see it. */
  readonly otherGroupId?: number | null
  /** The same happening, met again, has the same key. */
  readonly key: string
  readonly data: object
}

/** An event as it goes out: written once, however many pages are open. */
export interface LiveFrame {
  /** Groups (none: for who sees all of them), or everyone. */
  readonly audience: readonly number[] | 'everyone'
  readonly text: string
}

/** Someone who watches. */
export interface LiveSubscriber {
  send(frame: LiveFrame): void
  /** The hub ends: say good-bye. */
  close(): void
}

/** Passes events on to open pages, in this process. */
export interface LiveHub {
  /** Passes an event on, unless it did so already. With nobody watching it costs next to nothing. */
  publish(event: LiveEvent): void
  /** Whether such an event was passed on lately. */
  hasSeen(type: LiveEvent['type'], key: string): boolean
  /** From here on pages are told that they have been told everything up to a position. */
  moveTo(position: string): void
  /** The position that pages have been told; `null` before the first look. */
  position(): string | null
  /** Tells every page that it may have missed something and has to read again. */
  resync(reason: string): void
  /** @returns what ends it; `null` when too many watch already */
  subscribe(subscriber: LiveSubscriber): (() => void) | null
  watcherCount(): number
  stats(): { readonly watchers: number; readonly published: number }
  close(): void
}

/** Options of {@link createLiveHub}. */
export interface LiveHubOptions {
  /** @default 500 */
  readonly maxWatchers?: number
  /** Events are known again for so long. @default 60000 */
  readonly rememberMs?: number
}

/** Builds the hub. */
export function createLiveHub(options: LiveHubOptions = {}): LiveHub {
  const { maxWatchers = 500, rememberMs = 60_000 } = options
  const watchers = new Set<LiveSubscriber>()
  /** In the order of time, so that what is old is found at the front. */
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
      // Without data it is no event: it only becomes the last id that the page has seen.
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

/** An event as it goes out. */
export function toFrame({ type, groupId, otherGroupId = null, data }: LiveEvent): LiveFrame {
  const audience = [groupId, otherGroupId].filter((id) => id !== null)
  return { audience, text: formatEvent(type, data) }
}

/** One event in the form of server-sent events. */
export function formatEvent(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
}

/** Whether a frame may be shown to a caller. */
export function isFor(audience: LiveFrame['audience'], scope: GroupScope): boolean {
  if (audience === 'everyone' || 'all' in scope) return true
  return audience.some((id) => scope.groupIds.includes(id))
}
