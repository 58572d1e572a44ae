import type { Transaction } from 'sequelize'

import type { Database, GroupScope } from '../database.ts'
import { where, when } from '../sql/where.ts'
import { accountHalts, type Halt } from './halts.ts'
import { ofGroups } from './scope.ts'
import { changeRows, nowSql, readNumber, readText, selectRows } from './statement.ts'

/**
 * Parks an active account: its deliveries wait in the database, including those no workflow has begun. @returns whether
 * it was active
 */
export async function parkVendorAccount(
  db: Database,
  { kind, ...halt }: Halt & { readonly kind: string },
  tx: Transaction,
): Promise<boolean> {
  const insert = db.dialect === 'mysql' ? 'INSERT IGNORE' : 'INSERT OR IGNORE'
  await changeRows(
    db,
    `${insert} INTO vendor_accounts (kind, state, state_changed_at, draining) VALUES (?, 'active', ${nowSql(db.dialect)}, ?)`,
    [kind, false],
    tx,
  )
  if (!(await accountHalts.halt(db, kind, halt, tx))) return false
  await changeRows(
    db,
    `UPDATE outbound_messages SET lane = 'held', waiting = ? WHERE target_kind = ? AND lane = 'workflow'
     AND workflow_started_at IS NULL AND finished_at IS NULL AND state = 'queued'`,
    [false, kind],
    tx,
  )
  return true
}

/**
 * Resumes the parked accounts that open deliveries of these groups wait for. @returns how many
 *
 * @param args only for these deliveries, this modem, or accounts parked for this reason
 */
export async function resumeAccountsOf(
  db: Database,
  args: {
    readonly scope: GroupScope
    readonly ids?: readonly number[] | undefined
    readonly imei?: string | undefined
    readonly reasonCode?: string | undefined
  },
  tx: Transaction,
): Promise<number> {
  const { scope, ids, imei, reasonCode } = args
  const parked = where({ sql: `state = 'parked'`, values: [] }, when(reasonCode, 'reason_code = ?'))
  const accounts = await selectRows(db, `SELECT kind FROM vendor_accounts ${parked.sql}`, parked.values, tx)
  let resumed = 0
  for (const kind of accounts.map((row) => readText(row, 'vendor_accounts.kind'))) {
    const found = where(
      {
        sql: `target_kind = ? AND finished_at IS NULL ${ids === undefined ? `AND lane = 'held'` : ''}`,
        values: [kind],
      },
      ofGroups(scope, 'group_id'),
      when(ids, 'id IN (?)'),
      when(imei, 'imei = ?'),
    )
    // Searched first, without locks: there may be a great many deliveries.
    const waiting = await selectRows(db, `SELECT id FROM outbound_messages ${found.sql} LIMIT 1`, found.values, tx)
    if (waiting.length > 0 && (await accountHalts.resume(db, kind, tx))) resumed += 1
  }
  return resumed
}

/** How many open deliveries wait in the database, by target kind. */
export async function countHeld(db: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await selectRows(
    db,
    `SELECT target_kind, COUNT(*) AS waiting FROM outbound_messages WHERE lane = 'held' AND finished_at IS NULL GROUP BY target_kind`,
    [],
  )
  return new Map(
    rows.map((row) => [readText(row, 'outbound_messages.target_kind'), readNumber(row, 'outbound_messages.waiting')]),
  )
}
