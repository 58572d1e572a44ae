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

/** Options of {@link startLivePoll}. */
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

/**
 * Finds messages that other processes stored and passes them on to this one's open pages. Runs only while there are any;
 * what the hub passed on already is left out.
 */
export function startLivePoll(options: LivePollOptions): { stop(): Promise<void> } {
  const { db, hub, log, intervalMs = 1000, windowMs = 10_000 } = options
  let isStopped = false
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> = Promise.resolve()
  /** `null` while nobody watches. */
  let window: Window | null = null

  async function tick(): Promise<void> {
    if (hub.watcherCount() === 0) {
      window = null
      return
    }
    window ??= await openWindow(db)
    const { lowestId, known } = window
    const fresh: number[] = []
    let highest = lowestId
    for (;;) {
      const ids = await listInboundIdsAfter(db, { afterId: highest, limit: IDS_PER_READ })
      for (const id of ids) {
        highest = id
        if (!known.has(id) && !hub.hasSeen('message', String(id))) fresh.push(id)
        known.add(id)
      }
      if (ids.length < IDS_PER_READ) break
    }
    window.marks.push({ at: Date.now(), highest })
    slide(window, Date.now() - windowMs)
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
  schedule()
  return {
    async stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
      await running
    },
  }
}

interface Window {
  lowestId: number
  /** Ids above `lowestId` that need no telling any more. */
  readonly known: Set<number>
  readonly marks: { readonly at: number; readonly highest: number }[]
}

/** What is there when watching begins is read by the pages themselves. */
async function openWindow(db: Database): Promise<Window> {
  const lowestId = Math.max(0, (await highestInboundId(db)) - LOOK_BACK_IDS)
  const known = new Set(await listInboundIdsAfter(db, { afterId: lowestId, limit: IDS_PER_READ }))
  return { lowestId, known, marks: [] }
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
