import type { Database } from '../database.ts'
import { readText, readTime, readTimeOrNull, selectRows } from './statement.ts'

/** A modem's time in a device. */
export interface ModemStayRow {
  readonly imei: string
  readonly from: Date
  /** `null` while it is still attached. */
  readonly to: Date | null
}

/** The modems of a device over time, latest first. The caller has found the device within its scope. */
export async function listModemStays(
  db: Database,
  args: { readonly deviceId: number; readonly limit: number },
): Promise<readonly ModemStayRow[]> {
  const sql = `SELECT m.imei, a.from_at, a.to_at FROM modem_assignments a JOIN modems m ON m.id = a.modem_id
    WHERE a.device_id = ? ORDER BY a.from_at DESC, a.id DESC LIMIT ?`
  return (await selectRows(db, sql, [args.deviceId, args.limit])).map((row) => ({
    imei: readText(row, 'modems.imei'),
    from: readTime(row, 'modem_assignments.from_at'),
    to: readTimeOrNull(row, 'modem_assignments.to_at'),
  }))
}
