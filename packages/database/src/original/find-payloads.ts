import type { Database } from '../database.ts'
import { type RawRow, readBytes, readTime, selectRows } from '../queries/statement.ts'

/** Stored payloads of a modem with their times; both bounds inclusive. */
export async function findPayloads(
  db: Database,
  args: { readonly imei: string; readonly from: Date; readonly to: Date },
): Promise<readonly { readonly transmitTime: Date; readonly payload: Buffer }[]> {
  const sql = `SELECT transmit_time, payload FROM inbound_messages
    WHERE modem_id = (SELECT id FROM modems WHERE imei = ?) AND transmit_time BETWEEN ? AND ? AND payload IS NOT NULL`
  const rows: RawRow[] = await selectRows(db, sql, [args.imei, args.from, args.to])
  return rows.map((row) => ({
    transmitTime: readTime(row, 'inbound_messages.transmit_time'),
    payload: Buffer.from(readBytes(row, 'inbound_messages.payload')),
  }))
}
