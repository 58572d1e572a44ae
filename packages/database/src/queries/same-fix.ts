import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { COMMAND_TYPES } from './command-types.ts'
import { readText, selectRows } from './statement.ts'

/** Who has a position already, by messages that told of the same fix before. */
export interface SameFix {
  /** One of them is still to be acted on, and what its routes will make of it is unknown yet. */
  readonly isOpen: boolean
  /** Keys of the targets it was sent to, or is on its way to; not where that came to nothing. */
  readonly targetKeys: readonly string[]
}

/** Messages about a command do not count: the position that came along was not sent on. */
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
