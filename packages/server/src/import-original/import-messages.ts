import {
  type Database,
  findImported,
  MAX_HISTORY_ITEMS,
  type OriginalDatabase,
  storeHistory,
  type StoreOutcome,
} from '@paikea/database'
import { readHistory } from '@paikea/intake'
import { encodeMessage, encodePush } from './encode.ts'
import { type ImportReport, leaveOut } from './import-report.ts'

type Item = Awaited<ReturnType<typeof readHistory>>

/** What a step of the import needs. */
export interface ImportContext {
  readonly db: Database
  readonly original: OriginalDatabase
  readonly report: ImportReport
  readonly now: Date
}

/** Imports the messages that no earlier run has imported. Reads the next batch while one is being written. */
export async function importMessages(context: ImportContext): Promise<void> {
  const { db, original, report, now } = context
  const source = original.fingerprint
  let lastId = await findImported(db, { source })
  let writing: Promise<void> = Promise.resolve()
  for (;;) {
    const rows = await original.messagesAfter(lastId, MAX_HISTORY_ITEMS)
    const last = rows.at(-1)
    if (last === undefined) break
    const items: Item[] = []
    for (const row of rows) {
      if (row.isDeleted) leaveOut(report, `message ${row.id}`, 'deleted in the original')
      else items.push(await readHistory(encodeMessage(row, now), now))
    }
    lastId = last.id
    await writing
    writing = store(context, items, last.id)
    // Awaited on the next iteration; until then a failure must not count as unhandled.
    writing.catch(() => undefined)
  }
  await writing
}

async function store({ db, original, report }: ImportContext, items: readonly Item[], lastId: number): Promise<void> {
  const outcomes = await storeHistory(db, items, { source: original.fingerprint, lastId })
  countOutcomes(report, items, outcomes)
}

/**
 * Imports the trackers' pushes. Their ids are unique, so an existing one was imported before and is not a copy by the
 * vendor.
 */
export async function importPushes({ db, original, report, now }: ImportContext): Promise<void> {
  let lastId = ''
  for (;;) {
    const rows = await original.pushesAfter(lastId, MAX_HISTORY_ITEMS)
    const last = rows.at(-1)
    if (last === undefined) return
    const items: Item[] = []
    for (const row of rows) {
      if (row.isDeleted) leaveOut(report, `push ${row.id}`, 'deleted in the original')
      else items.push({ ...(await readHistory(encodePush(row, now), now)), isHandOver: true })
    }
    countOutcomes(report, items, await storeHistory(db, items, { source: `${original.fingerprint}/pushes`, lastId: 0 }))
    lastId = last.id
  }
}

/** Adds the outcomes of some messages to the report. */
export function countOutcomes(report: ImportReport, items: readonly Item[], outcomes: readonly StoreOutcome[]): void {
  const { messages, quarantinedFor } = report
  messages.read += items.length
  outcomes.forEach((outcome, index) => {
    if (outcome.status === 'duplicate') {
      messages.copies += 1
      return
    }
    if (outcome.status === 'failed') {
      leaveOut(report, `message of ${items[index]?.imei ?? 'an unknown modem'}`, 'the database does not accept it')
      return
    }
    messages.stored += 1
    if (outcome.stored.state !== 'quarantined') return
    messages.quarantined += 1
    const code = items[index]?.reasonCode ?? 'not-storable'
    quarantinedFor.set(code, (quarantinedFor.get(code) ?? 0) + 1)
  })
}
