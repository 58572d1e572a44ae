/**
 * A modem whose send buffer was not cleared, or a frozen GPS, sends the same text under new numbers for hours and days.
 * The text contains only a time of day, so a day later it would look fresh. As long as the text is identical, it keeps
 * the fix time of the one before it.
 */
import { columnTime, type Statements } from '../connection/statements.ts'
import { readNumber, readTime } from '../queries/statement.ts'
import { withTimeOfFix } from './kept-time.ts'
import { reportRow } from './report-row.ts'
import type { Reporting } from './reporting.ts'
import { sentAt } from './sent-at.ts'
import { isNoNews } from './time-of-day.ts'

const DAY_MS = 24 * 3_600_000
/** A moored buoy may match an older one by chance. */
export const MAX_CHAIN_MS = 14 * DAY_MS
/** SQLite combines at most 500 SELECTs, and each look is two. */
const MAX_LOOKS = 200

/** A payload with a time of day, and its resolved fix time. */
interface Dated {
  readonly fixAt: Date
  readonly payload: unknown
}

/** Gives reports whose payload repeats the modem's latest the fix time of that one. */
export async function keepTimesOfFix(sql: Statements, reporting: readonly Reporting[]): Promise<readonly Reporting[]> {
  const doubtful = reporting.filter(mayRepeat)
  const stored = doubtful.length === 0 ? NONE : await findLatest(sql, doubtful)
  const inBatch = new Map<number, Dated[]>()
  return reporting.map((one) => {
    const { message, report, modemId } = one
    const { payload } = message.item
    if (!isDatedByDay(one) || payload === null || report.fixAt === null) return one
    const before = inBatch.get(modemId) ?? []
    const kept = latestBefore(sentAt(message.item), [stored.get(message.id), ...before])
    const isRepeat = kept !== null && isSame(kept.payload, payload) && kept.fixAt.getTime() !== report.fixAt.getTime()
    const changed = isRepeat ? withFixAt(sql, one, kept.fixAt) : one
    inBatch.set(modemId, [...before, { fixAt: changed.report.fixAt ?? report.fixAt, payload }])
    return changed
  })
}

const NONE: ReadonlyMap<number, Dated> = new Map()

function mayRepeat(one: Reporting): boolean {
  const { message, report } = one
  if (!isDatedByDay(one) || message.item.payload === null || report.fixAt === null) return false
  return isNoNews(report.fixAt, message.modem?.newestFixAt ?? null)
}

function isDatedByDay({ message, report }: Reporting): boolean {
  return message.item.isDatedByDay && report.hasFix
}

/** Each modem's latest fix before the message was sent, by message. */
async function findLatest(sql: Statements, looks: readonly Reporting[]): Promise<ReadonlyMap<number, Dated>> {
  const found = new Map<number, Dated>()
  for (let start = 0; start < looks.length; start += MAX_LOOKS) {
    const some = looks.slice(start, start + MAX_LOOKS)
    const one = `SELECT * FROM (SELECT ? AS look, r.fix_at, m.payload FROM reports r JOIN inbound_messages m ON m.id = r.message_id
      WHERE r.modem_id = ? AND r.fix_at <= ? AND r.fix_at >= ? ORDER BY r.fix_at DESC, r.id DESC LIMIT 1) AS x`
    const values = some.flatMap(({ message, modemId }) => {
      const sent = sentAt(message.item)
      const oldest = new Date(sent.getTime() - MAX_CHAIN_MS)
      return [message.id, modemId, columnTime(sql.dialect, sent), columnTime(sql.dialect, oldest)]
    })
    for (const row of await sql.all(some.map(() => one).join(' UNION ALL '), values)) {
      const fixAt = readTime(row, 'reports.fix_at')
      found.set(readNumber(row, 'inbound_messages.id AS look'), { fixAt, payload: row['payload'] })
    }
  }
  return found
}

function latestBefore(sent: Date, dated: readonly (Dated | undefined)[]): Dated | null {
  let latest: Dated | null = null
  for (const one of dated) {
    if (one === undefined || one.fixAt > sent || sent.getTime() - one.fixAt.getTime() > MAX_CHAIN_MS) continue
    if (latest === null || one.fixAt >= latest.fixAt) latest = one
  }
  return latest
}

function isSame(stored: unknown, payload: Uint8Array): boolean {
  return stored instanceof Uint8Array && Buffer.compare(stored, payload) === 0
}

function withFixAt(sql: Statements, one: Reporting, fixAt: Date): Reporting {
  const { item } = one.message
  const report = withTimeOfFix(one.report, fixAt, item.transmitTime)
  return { ...one, report, row: reportRow(sql.dialect, item, report, new Date()) }
}
