import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { COMMAND_TYPES } from './command-types.ts'
import { readText, selectRows } from './statement.ts'

/** Targets that already have a position, from earlier messages with the same fix. */
export interface SameFix {
  /** One of those messages is unprocessed, and what its routes will do is unknown. */
  readonly isOpen: boolean
  /** Keys of the targets it was sent to, or is being sent to; omits failed deliveries. */
  readonly targetKeys: readonly string[]
}

/** Messages about a command do not count: the position in them was not forwarded. */
const OTHERS = `FROM reports own
  JOIN reports other ON other.modem_id = own.modem_id AND other.fix_at = own.fix_at AND other.id < own.id
    AND (other.id = own.repeat_of_id OR other.repeat_of_id = own.repeat_of_id)
  JOIN inbound_messages m ON m.id = other.message_id AND NOT (COALESCE(m.packet_type, '') IN (${COMMAND_TYPES}))`

/** @param args `messageId`: a message whose report repeats another */
export async function findSameFix(
  db: Database,
  args: { readonly messageId: number },
  tx?: Transaction,
): Promise<SameFix> {
  const values = [args.messageId, args.messageId]
  const rows = await selectRows(
    db,
    `SELECT NULL AS target_key ${OTHERS} WHERE own.message_id = ? AND m.state = 'accepted'
     UNION SELECT o.target_key ${OTHERS} JOIN outbound_messages o ON o.cause_message_id = m.id
     WHERE own.message_id = ? AND o.state NOT IN ('failed','cancelled','expired')`,
    values,
    tx,
  )
  const targetKeys = rows.flatMap((row) =>
    row['target_key'] === null ? [] : [readText(row, 'outbound_messages.target_key')],
  )
  return { isOpen: rows.some((row) => row['target_key'] === null), targetKeys }
}
