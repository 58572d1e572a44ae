import {
  findDeviceNames,
  findReportsOfMessages,
  highestInboundId,
  listInboundByIds,
  listInboundIdsAfter,
  type Database,
} from '@paikea/database'
import { describeError, type ApiLog } from '../http/log.ts'
import type { LiveHub } from './hub.ts'
import { publishRow } from './stored-events.ts'

/** Options of {@link createLivePoll}. */
export interface LivePollOptions {
  readonly db: Database
  readonly hub: LiveHub
  readonly log: ApiLog
  /** @default 1000 */
  readonly intervalMs?: number
  /** Rows become visible in the order of commits: ids of the last so many milliseconds are looked at again. @default 10000 */
  readonly windowMs?: number
}

/** Ids below the highest that may still belong to a transaction that has not committed when watching begins. */
const LOOK_BACK_IDS = 200
const IDS_PER_READ = 5000
/** More than this at once is not worth telling one by one: pages read again instead. */
const MAX_EVENTS_PER_POLL = 300

/** Without anybody watching, looking goes on for so long: a page that reconnects finds it going. */
const KEEP_MS = 30_000

/** Finds messages that other processes stored. */
export interface LivePoll {
  /** Resolves once nothing stored from now on can be missed; a page waits for it before it reads what there is. */
  ready(): Promise<void>
  start(): void
  stop(): Promise<void>
}

/**
 * Passes messages that other processes stored on to this one's open pages. Looks only while there are any; what the hub
 * passed on already is left out.
 */
export function createLivePoll(options: LivePollOptions): LivePoll {
  const { db, hub, log, intervalMs = 1000, windowMs = 10_000 } = options
  let isStopped = false
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> = Promise.resolve()
  let wantedAt = 0
  /** `null` while nobody watches. */
  let window: Promise<Window> | null = null

  function open(): Promise<Window> {
    window ??= openWindow(db).catch((error: unknown) => {
      window = null
      throw error
    })
    return window
  }

  async function tick(): Promise<void> {
    const now = Date.now()
    if (hub.watcherCount() > 0) wantedAt = now
    if (now - wantedAt > KEEP_MS) {
      window = null
      return
    }
    const isLate = window === null
    const seen = await open()
    if (isLate) hub.resync('watching-again')
    const fresh = await listFresh(db, hub, seen)
    seen.marks.push({ at: now, highest: seen.highest })
    slide(seen, now - windowMs)
    if (fresh.length > MAX_EVENTS_PER_POLL) hub.resync('many-messages')
    else if (fresh.length > 0) await publishAll(db, hub, fresh)
  }

  const schedule = (): void => {
    if (isStopped) return
    timer = setTimeout(() => {
      running = tick()
        .catch((error: unknown) => log.warn('live.poll-failed', describeError(error)))
        .then(schedule)
    }, intervalMs)
    timer.unref()
  }
  return {
    async ready() {
      wantedAt = Date.now()
      // The page comes up without the database too; it is told to read again once looking has begun.
      await open().catch((error: unknown) => log.warn('live.poll-failed', describeError(error)))
    },
    start: schedule,
    async stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
      await running
    },
  }
}

interface Window {
  lowestId: number
  highest: number
  /** Ids above `lowestId` that need no telling any more. */
  readonly known: Set<number>
  readonly marks: { readonly at: number; readonly highest: number }[]
}

/** What is there when watching begins is read by the pages themselves. */
async function openWindow(db: Database): Promise<Window> {
  const lowestId = Math.max(0, (await highestInboundId(db)) - LOOK_BACK_IDS)
  const known = new Set(await listInboundIdsAfter(db, { afterId: lowestId, limit: IDS_PER_READ }))
  return { lowestId, highest: lowestId, known, marks: [] }
}

/** Ids in the window that nobody was told of yet. */
async function listFresh(db: Database, hub: LiveHub, window: Window): Promise<readonly number[]> {
  const fresh: number[] = []
  let afterId = window.lowestId
  for (;;) {
    const ids = await listInboundIdsAfter(db, { afterId, limit: IDS_PER_READ })
    for (const id of ids) {
      if (!window.known.has(id) && !hub.hasSeen('message', String(id))) fresh.push(id)
      window.known.add(id)
      afterId = id
    }
    if (ids.length < IDS_PER_READ) break
  }
  window.highest = afterId
  return fresh
}

function slide(window: Window, until: number): void {
  let mark = window.marks[0]
  while (mark !== undefined && mark.at < until) {
    window.lowestId = Math.max(window.lowestId, mark.highest)
    window.marks.shift()
    mark = window.marks[0]
  }
  for (const id of window.known) if (id <= window.lowestId) window.known.delete(id)
}

async function publishAll(db: Database, hub: LiveHub, ids: readonly number[]): Promise<void> {
  const [rows, reports] = await Promise.all([
    listInboundByIds(db, { ids }),
    findReportsOfMessages(db, { messageIds: ids }),
  ])
  const deviceIds = rows.flatMap(({ deviceId }) => (deviceId === null ? [] : [deviceId]))
  const devices = await findDeviceNames(db, { deviceIds })
  for (const row of [...rows].sort((a, b) => a.id - b.id)) {
    const device = row.deviceId === null ? null : (devices.get(row.deviceId) ?? null)
    publishRow(hub, row, device, reports.get(row.id) ?? null)
  }
}
