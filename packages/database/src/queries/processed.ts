import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import type { SkippedRoute } from '../skipped-routes.ts'
import { changeRows } from './statement.ts'

/**
 * Marks messages as processed, with the routes that sent nothing; quarantined ones stay unchanged, and of two processes
 * that handle a message the first one's result stands.
 */
export function markProcessed(
  db: Database,
  args: {
    readonly messageIds: readonly number[]
    readonly at: Date
    /** By message id; a message not listed skipped none. */
    readonly skipped: ReadonlyMap<number, readonly SkippedRoute[]>
  },
  tx: Transaction,
): Promise<void> {
  const { messageIds, at } = args
  const skipped = messageIds.flatMap((id) => {
    const routes = args.skipped.get(id) ?? []
    return routes.length === 0 ? [] : [[id, JSON.stringify(routes)]]
  })
  const column = skipped.length === 0 ? 'NULL' : `CASE id ${skipped.map(() => 'WHEN ? THEN ?').join(' ')} ELSE NULL END`
  return changeRows(
    db,
    `UPDATE inbound_messages SET state = 'processed', processed_at = ?, skipped_routes = ${column}
     WHERE id IN (?) AND state = 'accepted'`,
    [at, ...skipped.flat(), messageIds],
    tx,
  )
}
