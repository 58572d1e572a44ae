import type { Transaction } from 'sequelize'

import type { Database, GroupScope } from '../database.ts'
import { when, where } from '../sql/where.ts'
import { ofGroups } from './scope.ts'
import { eventsOf, recordEvents } from './events.ts'
import { changeRows, nowSql, readNumber, releaseSql, selectRows } from './statement.ts'

/** Which parked deliveries to resume; omitted filters do not narrow. */
export interface ResumeSelection {
  readonly ids?: readonly number[] | undefined
  readonly imei?: string | undefined
  readonly reasonCode?: string | undefined
}

/** Resumes parked deliveries of these groups, oldest first. @returns their ids, to be announced */
export async function resumeSelection(
  db: Database,
  args: ResumeSelection & { readonly scope: GroupScope; readonly limit: number },
  tx: Transaction,
): Promise<readonly number[]> {
  const { scope, ids, imei, reasonCode, limit } = args
  const found = where(
    { sql: `state = 'parked'`, values: [] },
    ofGroups(scope, 'group_id'),
    when(ids, 'id IN (?)'),
    when(imei, 'imei = ?'),
    when(reasonCode, 'reason_code = ?'),
  )
  const sql = `SELECT id FROM outbound_messages ${found.sql} ORDER BY order_key, id LIMIT ?`
  const rows = await selectRows(db, sql, [...found.values, limit], tx)
  const parked = rows.map((row) => readNumber(row, 'outbound_messages.id'))
  if (parked.length === 0) return []
  await changeRows(
    db,
    `UPDATE outbound_messages SET state = 'queued', state_changed_at = ${nowSql(db.dialect)}, reason_code = NULL,
     reason_detail = NULL, ${releaseSql(db.dialect)} WHERE id IN (?) AND state = 'parked'`,
    [parked],
    tx,
  )
  await recordEvents(db, eventsOf('delivery', parked), tx)
  return parked
}

/** Which of these deliveries belong to these groups. */
export async function findKnown(
  db: Database,
  args: { readonly ids: readonly number[]; readonly scope: GroupScope },
  tx: Transaction,
): Promise<ReadonlySet<number>> {
  const found = where({ sql: 'id IN (?)', values: [args.ids] }, ofGroups(args.scope, 'group_id'))
  const rows = await selectRows(db, `SELECT id FROM outbound_messages ${found.sql}`, found.values, tx)
  return new Set(rows.map((row) => readNumber(row, 'outbound_messages.id')))
}
