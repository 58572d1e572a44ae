import {
  findDeviceNames,
  findReportsOfMessages,
  highestInboundId,
  listInboundByIds,
  listInboundIdsAfter,
  type Database,
} from '@paikea/database'
import type { LiveHub } from './hub.ts'
import { publishRow } from './stored-events.ts'

/** Ids below the highest that may still belong to a transaction that has not committed when watching begins. */
const LOOK_BACK_IDS = 200
const IDS_PER_READ = 5000

/** Ids of messages that were seen lately. */
export interface MessageWindow {
  lowestId: number
  highest: number
  /** Ids above `lowestId` that need no telling any more. */
  readonly known: Set<number>
  readonly marks: { readonly at: number; readonly highest: number }[]
}

/** What is there when watching begins is read by the pages themselves. */
export async function openMessageWindow(db: Database): Promise<MessageWindow> {
  const lowestId = Math.max(0, (await highestInboundId(db)) - LOOK_BACK_IDS)
  const known = new Set(await listInboundIdsAfter(db, { afterId: lowestId, limit: IDS_PER_READ }))
  return { lowestId, highest: lowestId, known, marks: [] }
}

/** Ids in the window that nobody was told of yet. */
export async function listFreshMessages(db: Database, hub: LiveHub, window: MessageWindow): Promise<readonly number[]> {
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

/** Leaves behind what was there before a time. */
export function slideMessageWindow(window: MessageWindow, until: number): void {
  let mark = window.marks[0]
  while (mark !== undefined && mark.at < until) {
    window.lowestId = Math.max(window.lowestId, mark.highest)
    window.marks.shift()
    mark = window.marks[0]
  }
  for (const id of window.known) if (id <= window.lowestId) window.known.delete(id)
}

/**
 * Passes messages on, with their reports.
 *
 * @param since what became of them since they were told of: then they are told of again
 */
export async function publishMessages(
  db: Database,
  hub: LiveHub,
  ids: readonly number[],
  since?: string,
): Promise<void> {
  const [rows, reports] = await Promise.all([
    listInboundByIds(db, { ids }),
    findReportsOfMessages(db, { messageIds: ids }),
  ])
  const deviceIds = rows.flatMap(({ deviceId }) => (deviceId === null ? [] : [deviceId]))
  const devices = await findDeviceNames(db, { deviceIds })
  for (const row of [...rows].sort((a, b) => a.id - b.id)) {
    const device = row.deviceId === null ? null : (devices.get(row.deviceId) ?? null)
    publishRow(hub, row, device, reports.get(row.id) ?? null, since)
  }
}
