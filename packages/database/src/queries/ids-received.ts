import type { Database } from '../database.ts'
import { selection } from '../sql/selection.ts'
import { INBOUND_MESSAGES } from '../tables/inbound-messages.ts'
import { select } from './statement.ts'

const ID = selection({ id: INBOUND_MESSAGES.columns.id })

/** Ids of all messages received in a period, in the order they were stored; continue with `afterId`. */
export async function listIdsReceived(
  db: Database,
  args: { readonly from: Date; readonly to: Date; readonly afterId: number; readonly limit: number },
): Promise<readonly number[]> {
  const sql = 'FROM inbound_messages WHERE received_at >= ? AND received_at <= ? AND id > ? ORDER BY id LIMIT ?'
  const rows = await select(db, ID, { sql, values: [args.from, args.to, args.afterId, args.limit] })
  return rows.map(({ id }) => id)
}
