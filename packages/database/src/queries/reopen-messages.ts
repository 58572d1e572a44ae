import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { reopenStatement } from '../store-batch/reopen.ts'
import { changeRows } from './statement.ts'

/** Ids per statement. */
const MAX_IDS = 500

/** Reopens messages for processing; existing deliveries remain the only ones for their routes. */
export async function reopenMessages(
  db: Database,
  args: { readonly messageIds: readonly number[] },
  tx: Transaction,
): Promise<void> {
  for (let start = 0; start < args.messageIds.length; start += MAX_IDS) {
    const { sql, values } = reopenStatement(db.dialect, args.messageIds.slice(start, start + MAX_IDS))
    await changeRows(db, sql, values, tx)
  }
}
