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

/** Finds what happened, in this process or another, and passes it on to this one's open pages. */
export interface LiveSource {
  /** Belongs after a commit that wrote events: they are told at once. Cheap, never fails; with nobody watching it does nothing. */
  look(): void
  /** Resolves once nothing that happens from now on can be missed; a page waits for it before it reads what there is. */
  ready(): Promise<void>
  /**
   * What happened since a page was here last, for it alone; some of it may have been told before. `null` if that is no longer known, or too
   * much: the page reads again.
   *
   * @param caughtUp called before it is read: what the hub passed on until then is among it
   */
  since(lastEventId: string, caughtUp: () => void): Promise<readonly LiveFrame[] | null>
  start(): void
  /** Resolves once all that it was told of is passed on. */
  idle(): Promise<void>
  stop(): Promise<void>
}

/** Options of {@link createLiveSource}. */
export interface LiveSourceOptions {
  readonly db: Database
  readonly hub: LiveHub
  readonly log: Log
  /** How soon what other processes did is found. @default 1000 */
  readonly intervalMs?: number
}

/** More than this at once is not worth telling one by one: pages read again instead. */
const MAX_AT_ONCE = 300
/** The same in characters, for a page that comes back. */
const MAX_RESUMED_LENGTH = 200_000
/** Ids below the highest may still belong to a transaction that has not committed when watching begins. */
const LOOK_BACK_IDS = 200
/** Without anyone watching, looking goes on for so long: a page that reconnects finds it going. */
const KEEP_MS = 30_000
/** Whoever was away longer reads again. */
const KEPT_EVENTS = { maxAgeMs: 24 * 3_600_000, maxCount: 100_000 }
const PRUNE_EVERY_MS = 600_000

interface Cursors {
  readonly events: Cursor<EventRow>
  readonly messages: Cursor<Numbered>
}

/** Builds the source. It looks only while someone watches; what the hub passed on already is left out. */
export function createLiveSource(options: LiveSourceOptions): LiveSource {
  const { db, hub, log, intervalMs = 1000 } = options
  const outage = createOutageWords()
  let isStopped = false
  let timer: NodeJS.Timeout | null = null
  let pruneTimer: NodeJS.Timeout | null = null
  let running: Promise<void> | null = null
  let isWanted = false
  /** Open pages have to read again once looking goes on. */
  let hasMissedSome = false
  let watchedAt = Number.NEGATIVE_INFINITY
  /** `null` while nobody watches. */
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
          // The cursors may have passed what was not told.
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
      // The page comes up without the database too; it is told to read again once looking has begun.
      await open().catch((error: unknown) => log.warn('live.look-failed', outage.describe(error)))
    },
    async since(lastEventId, caughtUp) {
      const position = parsePosition(lastEventId)
      if (position === null) return null
      // What happened until now is passed on now, and not to this page a second time with the next look.
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
  // What is there when watching begins is read by the pages themselves.
  await Promise.all([events.next(), messages.next()])
  return { events, messages }
}

async function readSince(db: Database, position: Position): Promise<readonly LiveFrame[] | null> {
  const { oldestId, newestId } = await readEventBounds(db)
  // Numbers that were never given: the page was here before a restore.
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
