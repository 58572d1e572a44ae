import type { Database } from '../database.ts'
import { selection } from '../sql/selection.ts'
import { MAX_CHAIN_MS } from '../store-batch/same-payload.ts'
import { sentAt } from '../store-batch/sent-at.ts'
import type { NewInbound } from '../store-batch/types.ts'
import { INBOUND_MESSAGES } from '../tables/inbound-messages.ts'
import { REPORTS } from '../tables/reports.ts'
import { select } from './statement.ts'

/** The first report with the same text, and the fix time that all repeats share. */
export interface RepeatedPayload {
  readonly reportId: number
  readonly fixAt: Date
}

const { id, fixAt, repeatOfId } = REPORTS.columns
const { payload } = INBOUND_MESSAGES.columns
const DATED = selection({ id, fixAt, repeatOfId, payload })

/**
 * The report that a stored message repeats verbatim: the latest fix that its modem had sent before; `null` if the text
 * differs or the time is the same.
 */
export async function findRepeatedPayload(
  db: Database,
  args: { readonly messageId: number; readonly modemId: number; readonly item: NewInbound },
): Promise<RepeatedPayload | null> {
  const { messageId, modemId, item } = args
  const own = item.report
  if (!item.isDatedByDay || item.payload === null || own === null || !own.hasFix || own.fixAt === null) return null
  const sent = sentAt(item)
  const [latest] = await select(db, DATED, {
    sql: `FROM reports JOIN inbound_messages ON inbound_messages.id = reports.message_id
      WHERE reports.modem_id = ? AND reports.message_id <> ? AND reports.fix_at <= ? AND reports.fix_at >= ?
      ORDER BY reports.fix_at DESC, reports.id DESC LIMIT 1`,
    values: [modemId, messageId, sent, new Date(sent.getTime() - MAX_CHAIN_MS)],
  })
  if (latest === undefined || latest.fixAt === null || latest.payload === null) return null
  if (Buffer.compare(latest.payload, item.payload) !== 0 || latest.fixAt >= own.fixAt) return null
  return { reportId: latest.repeatOfId ?? latest.id, fixAt: latest.fixAt }
}
