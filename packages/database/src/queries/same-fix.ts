import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { readJson, selectRows } from './statement.ts'

/**
 * What messages said that told of the same fix before, the first ones first: their decoded values as stored.
 *
 * @param args `messageId`: a message whose report repeats another; `limit`: a receiver may stand still for weeks
 */
export async function listSameFix(
  db: Database,
  args: { readonly messageId: number; readonly limit: number },
  tx?: Transaction,
): Promise<unknown[]> {
  const rows = await selectRows(
    db,
    `SELECT m.decoded
     FROM reports own
       JOIN reports other ON other.modem_id = own.modem_id AND other.fix_at = own.fix_at AND other.id < own.id
         AND (other.id = own.repeat_of_id OR other.repeat_of_id = own.repeat_of_id)
       JOIN inbound_messages m ON m.id = other.message_id
     WHERE own.message_id = ? ORDER BY other.id LIMIT ?`,
    [args.messageId, args.limit],
    tx,
  )
  return rows.map((row) => readJson(row['decoded']))
}
