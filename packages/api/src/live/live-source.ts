import {
  type Database,
  type EventRow,
  highestInboundId,
  listEventsAfter,
  listEventsAmong,
  listInboundIdsAfter,
  listInboundIdsAmong,
  pruneEvents,
  readEventBounds,
} from '@paikea/database'
import type { Log } from '@paikea/domain'
import { createOutageWords, describeError } from '../http/log.ts'
import { createCursor, type Cursor, type Numbered, type RowsById } from './cursor.ts'
import { type LiveFrame, type LiveHub, toFrame } from './hub.ts'
import { parsePosition, type Position, writePosition } from './position.ts'
import { readEvents } from './read-events.ts'
import { readMessageEvents } from './stored-events.ts'

/** Finds events of this and other processes and broadcasts them to this process's open pages. */
export interface LiveSource {
  /**
   * Call after a commit that wrote events, to broadcast them at once. Cheap, never throws; does nothing without
   * subscribers.
   */
  look(): void
  /** Resolves once no later event can be missed; a page waits for it before it reads the current state. */
  ready(): Promise<void>
  /**
   * What a reconnecting page missed; some of it may have been sent before. `null` if that is no longer known or too
   * much: the page must reload.
   *
   * @param caughtUp called before reading: the result includes everything the hub broadcast until then
   */
  since(lastEventId: string, caughtUp: () => void): Promise<readonly LiveFrame[] | null>
  start(): void
  /** Resolves once everything it was notified of is broadcast. */
  idle(): Promise<void>
  stop(): Promise<void>
}

/** Options of {@link createLiveSource}. */
export interface LiveSourceOptions {
  readonly db: Database
  readonly hub: LiveHub
  readonly log: Log
  /** How often to look for other processes' events. @default 1000 */
  readonly intervalMs?: number
}

/** Beyond this many events at once, pages reload instead. */
const MAX_AT_ONCE = 300
/** The same bound in characters, for a reconnecting page. */
const MAX_RESUMED_LENGTH = 200_000
/** How far below the highest id to start: those ids may belong to a transaction that has not committed yet. */
const LOOK_BACK_IDS = 200
/** How long to keep looking without subscribers, so that a reconnecting page finds it running. */
const KEEP_MS = 30_000
/** A page that was away longer must reload. */
const KEPT_EVENTS = { maxAgeMs: 24 * 3_600_000, maxCount: 100_000 }
const PRUNE_EVERY_MS = 600_000

interface Cursors {
  readonly events: Cursor<EventRow>
  readonly messages: Cursor<Numbered>
}

/** Creates the source. It polls only while there are subscribers, and skips what the hub has already broadcast. */
export function createLiveSource(options: LiveSourceOptions): LiveSource {
  const { db, hub, log, intervalMs = 1000 } = options
  const outage = createOutageWords()
  let isStopped = false
  let timer: NodeJS.Timeout | null = null
  let pruneTimer: NodeJS.Timeout | null = null
  let running: Promise<void> | null = null
  let isWanted = false
  /** Open pages must reload once looking resumes. */
  let hasMissedSome = false
  let watchedAt = Number.NEGATIVE_INFINITY
  /** `null` while there are no subscribers. */
  let cursors: Promise<Cursors> | null = null

  function open(): Promise<Cursors> {
    cursors ??= openCursors(db).then(
      (opened) => {
        hub.moveTo(positionOf(opened))
        return opened
      },
      (error: unknown) => {
        cursors = null
        throw error
      },
    )
    return cursors
  }

  async function lookNow(): Promise<void> {
    const now = performance.now()
    if (hub.watcherCount() > 0) watchedAt = now
    if (now - watchedAt > KEEP_MS) {
      cursors = null
      return
    }
    if (cursors === null) hasMissedSome = true
    const opened = await open()
    if (hasMissedSome) hub.resync('watching-again')
    hasMissedSome = false
    const { events, messages } = opened
    const rows = await events.next()
    const ids = await messages.next()
    const fresh = ids.filter(({ id }) => !hub.hasSeen('message', String(id)))
    if (fresh.length > MAX_AT_ONCE) hub.resync('many-messages')
    else for (const event of await readMessageEvents(db, fresh)) hub.publish(event)
    if (rows.length > MAX_AT_ONCE) hub.resync('many-events')
    else for (const event of await readEvents(db, rows)) hub.publish(event)
    hub.moveTo(positionOf(opened))
  }

  const run = (): Promise<void> => {
    running ??= drain().finally(() => (running = null))
    return running
  }
  async function drain(): Promise<void> {
    do {
      isWanted = false
      await lookNow().then(
        () => outage.isOver(),
        (error: unknown) => {
          log.warn('live.look-failed', outage.describe(error))
          // The cursors may have passed events that were not broadcast.
          cursors = null
          hasMissedSome = true
        },
      )
    } while (isWanted && !isStopped)
  }
  const schedule = (): void => {
    if (isStopped) return
    timer = setTimeout(() => void run().then(schedule), intervalMs)
    timer.unref()
  }

  return {
    look() {
      if (hub.watcherCount() === 0 || isStopped) return
      isWanted = true
      void run()
    },
    async ready() {
      watchedAt = performance.now()
      // A page opens even without the database; it is told to reload once looking has begun.
      await open().catch((error: unknown) => log.warn('live.look-failed', outage.describe(error)))
    },
    async since(lastEventId, caughtUp) {
      const position = parsePosition(lastEventId)
      if (position === null) return null
      // Broadcast what happened so far now, so that the next look does not send it to this page again.
      await run()
      caughtUp()
      try {
        return await readSince(db, position)
      } catch (error) {
        log.warn('live.not-resumed', describeError(error))
        return null
      }
    },
    start() {
      schedule()
      pruneTimer = setInterval(() => {
        pruneEvents(db, KEPT_EVENTS).catch((error: unknown) => log.warn('live.not-pruned', describeError(error)))
      }, PRUNE_EVERY_MS)
      pruneTimer.unref()
    },
    idle: async () => void (await running),
    async stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
      if (pruneTimer !== null) clearInterval(pruneTimer)
      await running
    },
  }
}

function positionOf({ events, messages }: Cursors): string {
  return writePosition({ events: events.position(), messages: messages.position() })
}

async function openCursors(db: Database): Promise<Cursors> {
  const eventRows: RowsById<EventRow> = {
    after: (afterId, limit) => listEventsAfter(db, { afterId, limit }),
    among: (ids) => listEventsAmong(db, { ids }),
  }
  const messageRows: RowsById<Numbered> = {
    after: async (afterId, limit) => (await listInboundIdsAfter(db, { afterId, limit })).map((id) => ({ id })),
    among: async (ids) => (await listInboundIdsAmong(db, { ids })).map((id) => ({ id })),
  }
  const { newestId } = await readEventBounds(db)
  const highestId = await highestInboundId(db)
  const events = createCursor(eventRows, { afterId: Math.max(0, newestId - LOOK_BACK_IDS) })
  const messages = createCursor(messageRows, { afterId: Math.max(0, highestId - LOOK_BACK_IDS) })
  // Pages read for themselves what existed before watching began.
  await Promise.all([events.next(), messages.next()])
  return { events, messages }
}

async function readSince(db: Database, position: Position): Promise<readonly LiveFrame[] | null> {
  const { oldestId, newestId } = await readEventBounds(db)
  // These ids were never assigned: the page's position predates a restore of the database.
  if (position.events > newestId || position.messages > (await highestInboundId(db))) return null
  if (position.events < oldestId - 1) return null
  const limit = MAX_AT_ONCE + 1
  const rows = await listEventsAfter(db, { afterId: position.events, limit })
  const ids = await listInboundIdsAfter(db, { afterId: position.messages, limit })
  if (rows.length === limit || ids.length === limit) return null
  const messages = await readMessageEvents(
    db,
    ids.map((id) => ({ id })),
  )
  const frames = [...messages, ...(await readEvents(db, rows))].map(toFrame)
  return frames.reduce((length, { text }) => length + text.length, 0) > MAX_RESUMED_LENGTH ? null : frames
}
