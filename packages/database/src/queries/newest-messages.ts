import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { readNumber, readNumberOrNull, readTime, selectRows } from './statement.ts'

/** The last message of a modem or a device. */
export interface NewestMessage {
  readonly receivedAt: Date
  readonly momsn: number | null
}

/**
 * The last message of each of these modems or devices, by their ids. Looked up and not kept with them: it would be one
 * more write for every message. Each is found at the end of its part of an index, however long the record is.
 */
export async function newestMessages(
  db: Database,
  args: { readonly of: 'modems' | 'devices'; readonly ids: readonly number[] },
  tx?: Transaction,
): Promise<ReadonlyMap<number, NewestMessage>> {
  const { of, ids } = args
  if (ids.length === 0) return new Map()
  const owner = of === 'modems' ? 'modem_id' : 'device_id'
  const rows = await selectRows(
    db,
    // Not by MAX: for that MariaDB reads all of a device's messages.
    `SELECT newest.owner_id, m.received_at, m.momsn
     FROM (SELECT o.id AS owner_id,
         (SELECT own.id FROM inbound_messages own WHERE own.${owner} = o.id ORDER BY own.id DESC LIMIT 1) AS message_id
       FROM ${of} o WHERE o.id IN (?)) newest
     JOIN inbound_messages m ON m.id = newest.message_id`,
    [ids],
    tx,
  )
  return new Map(
    rows.flatMap((row) => {
      const receivedAt = readTime(row['received_at'])
      if (receivedAt === null) return []
      return [[readNumber(row['owner_id']), { receivedAt, momsn: readNumberOrNull(row['momsn']) }]]
    }),
  )
}
