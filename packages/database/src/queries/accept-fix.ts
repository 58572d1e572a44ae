import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { refreshDeviceState } from './device-state.ts'
import { eventsOf, recordEvents } from './events.ts'
import { reopenMessages } from './reopen-messages.ts'
import { changeRows, readNumber, readNumberOrNull, readText, readTimeOrNull, selectRows } from './statement.ts'

/**
 * Accepts a message's suspect fix and its repeats, on a user's decision: the device's last state follows, and the
 * message is processed again, for targets that were skipped.
 *
 * @returns `false` if the fix is not suspect, or there is none
 */
export async function acceptFix(
  db: Database,
  args: { readonly messageId: number; readonly acceptedBy: string; readonly now: Date },
  tx: Transaction,
): Promise<boolean> {
  const { messageId, acceptedBy, now } = args
  const sql = 'SELECT modem_id, device_id, fix_at, quality FROM reports WHERE message_id = ?'
  const [found] = await selectRows(db, sql, [messageId], tx)
  if (found === undefined) return false
  // The intake locks the modem first too: a fix that confirms this one comes either before or after.
  if (db.dialect === 'mysql')
    await selectRows(db, 'SELECT id FROM modems WHERE id = ? FOR UPDATE', [readNumber(found, 'reports.modem_id')], tx)
  const [report] = await selectRows(db, sql, [messageId], tx)
  if (report === undefined || readText(report, 'reports.quality') !== 'suspect') return false
  const [modemId, fixAt] = [readNumber(report, 'reports.modem_id'), readTimeOrNull(report, 'reports.fix_at')]
  await changeRows(
    db,
    `UPDATE reports SET quality = 'good', accepted_by = ?
     WHERE quality = 'suspect' AND (message_id = ? OR (modem_id = ? AND fix_at = ?))`,
    [acceptedBy, messageId, modemId, fixAt],
    tx,
  )
  const deviceId = readNumberOrNull(report, 'reports.device_id')
  if (deviceId !== null) await refreshDeviceState(db, { deviceId, now }, tx)
  await reopenMessages(db, { messageIds: [messageId] }, tx)
  await recordEvents(db, eventsOf('report', [messageId]), tx)
  return true
}
