import type { Transaction } from 'sequelize'

import type { Database, GroupScope } from '../database.ts'
import type { VendorAccountState } from '../tables/vendor-accounts.ts'
import { where, when } from '../sql/where.ts'
import type { SweepArgs } from './dispatch.ts'
import { giveWorkflows } from './endpoint-states.ts'
import { ofGroups } from './scope.ts'
import {
  changeRows,
  countChanged,
  nowSql,
  type RawRow,
  readFlag,
  readNumber,
  readText,
  readTextOrNull,
  readTime,
  readTimeOrNull,
  selectRows,
} from './statement.ts'
import { IS_FIRST, queueHeads } from './queue-heads.ts'

/** Our account at a service that was parked at least once. */
export interface VendorAccountRow {
  readonly id: number
  /** Kind of the targets that it pays for. */
  readonly kind: string
  readonly state: VendorAccountState
  readonly reasonCode: string | null
  readonly reasonDetail: string | null
  readonly stateChangedAt: Date
  readonly probeAt: Date | null
  readonly draining: boolean
}

const COLUMNS = 'id, kind, state, reason_code, reason_detail, state_changed_at, probe_at, draining'
/** Its endpoint is paused by itself: such a delivery tells nothing of the account, and does not go on with it. */
const ENDPOINT_IS_WELL = `NOT EXISTS (SELECT 1 FROM endpoints p WHERE p.id = o.endpoint_id AND p.state <> 'active')`

/** Parks an account that is active: its deliveries wait as rows, also those no workflow has begun with. Answers whether it was. */
export async function parkVendorAccount(
  db: Database,
  args: {
    readonly kind: string
    readonly reasonCode: string
    readonly reasonDetail: string
    readonly probeAt: Date
  },
  tx: Transaction,
): Promise<boolean> {
  const { kind, reasonCode, reasonDetail, probeAt } = args
  const insert = db.dialect === 'mysql' ? 'INSERT IGNORE' : 'INSERT OR IGNORE'
  await changeRows(
    db,
    `${insert} INTO vendor_accounts (kind, state, state_changed_at, draining) VALUES (?, 'active', ${nowSql(db.dialect)}, ?)`,
    [kind, false],
    tx,
  )
  const changed = await countChanged(
    db,
    `UPDATE vendor_accounts SET state = 'parked', reason_code = ?, reason_detail = ?, state_changed_at = ${nowSql(db.dialect)},
     probe_at = ?, draining = ?, workflow_started_at = NULL WHERE kind = ? AND state = 'active'`,
    [reasonCode, reasonDetail.slice(0, 500), probeAt, true, kind],
    tx,
  )
  if (changed === 0) return false
  await changeRows(
    db,
    `UPDATE outbound_messages SET lane = 'held', waiting = ? WHERE target_kind = ? AND lane = 'workflow'
     AND workflow_started_at IS NULL AND finished_at IS NULL AND state = 'queued'`,
    [false, kind],
    tx,
  )
  return true
}

/** Lets a parked account take deliveries again. Answers whether it was parked. */
export async function resumeVendorAccount(
  db: Database,
  args: { readonly kind: string },
  tx: Transaction,
): Promise<boolean> {
  const changed = await countChanged(
    db,
    `UPDATE vendor_accounts SET state = 'active', reason_code = NULL, reason_detail = NULL, probe_at = NULL,
     state_changed_at = ${nowSql(db.dialect)}, draining = ?, workflow_started_at = NULL WHERE kind = ? AND state = 'parked'`,
    [true, args.kind],
    tx,
  )
  return changed > 0
}

/**
 * Lets the parked accounts go on that open deliveries of these groups wait behind. Answers how many.
 *
 * @param args only for these deliveries, this modem, or accounts that are parked for this reason
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
    // Looked for before, without locks: there may be a great many deliveries.
    const waiting = await selectRows(db, `SELECT id FROM outbound_messages ${found.sql} LIMIT 1`, found.values, tx)
    if (waiting.length > 0 && (await resumeVendorAccount(db, { kind }, tx))) resumed += 1
  }
  return resumed
}

/** An account; `null` where it was never parked. */
export async function findVendorAccount(
  db: Database,
  args: { readonly kind: string },
  tx?: Transaction,
): Promise<VendorAccountRow | null> {
  const [row] = await selectRows(db, `SELECT ${COLUMNS} FROM vendor_accounts WHERE kind = ?`, [args.kind], tx)
  return row === undefined ? null : toRow(row)
}

/** How many open deliveries wait as rows, by kind of target. */
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

/** Says when an account that is still parked is tried next. */
export function setAccountProbeTime(
  db: Database,
  args: { readonly kind: string; readonly probeAt: Date },
): Promise<void> {
  const sql = `UPDATE vendor_accounts SET probe_at = ? WHERE kind = ? AND state = 'parked'`
  return db.write((tx) => changeRows(db, sql, [args.probeAt, args.kind], tx))
}

/** Deliveries that wait behind an account and are the first of their queues, oldest first. */
export async function listAccountHeads(
  db: Database,
  args: { readonly kind: string; readonly limit: number },
): Promise<readonly number[]> {
  const rows = await selectRows(
    db,
    `SELECT o.id FROM ${queueHeads('all')} WHERE o.lane = 'held' AND o.target_kind = ?
     AND o.state = 'queued' AND ${ENDPOINT_IS_WELL} AND ${IS_FIRST} ORDER BY o.order_key, o.id LIMIT ?`,
    [args.kind, args.limit],
  )
  return rows.map((row) => readNumber(row, 'outbound_messages.id'))
}

/** Gives deliveries that waited behind an account their workflows again, oldest first; answers how many. */
export async function releaseHeldOfAccount(
  db: Database,
  args: { readonly kind: string; readonly limit: number },
): Promise<number> {
  const rows = await selectRows(
    db,
    `SELECT o.id FROM outbound_messages o WHERE o.lane = 'held' AND o.target_kind = ? AND o.finished_at IS NULL
     AND ${ENDPOINT_IS_WELL} ORDER BY o.order_key, o.id LIMIT ?`,
    [args.kind, args.limit],
  )
  return giveWorkflows(db, rows)
}

/** Ends the work on an account that is active: nothing waits behind it. */
export function endAccountWork(db: Database, args: { readonly kind: string }): Promise<void> {
  const sql = `UPDATE vendor_accounts SET draining = ?, workflow_started_at = NULL WHERE kind = ? AND state = 'active'`
  return db.write((tx) => changeRows(db, sql, [false, args.kind], tx))
}

/** An account whose workflow is to be started: it is parked, or deliveries wait behind it. */
export interface UndispatchedAccount {
  readonly accountId: number
  readonly kind: string
  readonly reasonCode: string | null
}

/** Accounts to start workflows for. */
export async function listUndispatchedAccounts(
  db: Database,
  args: Pick<SweepArgs, 'limit' | 'startedBefore'>,
): Promise<UndispatchedAccount[]> {
  const started = args.startedBefore === null ? 'workflow_started_at IS NULL' : 'workflow_started_at < ?'
  const rows = await selectRows(
    db,
    `SELECT id, kind, reason_code FROM vendor_accounts WHERE draining = ? AND ${started} ORDER BY id LIMIT ?`,
    [true, ...(args.startedBefore === null ? [] : [args.startedBefore]), args.limit],
  )
  return rows.map((row) => ({
    accountId: readNumber(row, 'vendor_accounts.id'),
    kind: readText(row, 'vendor_accounts.kind'),
    reasonCode: readTextOrNull(row, 'vendor_accounts.reason_code'),
  }))
}

function toRow(row: RawRow): VendorAccountRow {
  return {
    id: readNumber(row, 'vendor_accounts.id'),
    kind: readText(row, 'vendor_accounts.kind'),
    // Written by this file's own statements only.
    state: readText(row, 'vendor_accounts.state') as VendorAccountState,
    reasonCode: readTextOrNull(row, 'vendor_accounts.reason_code'),
    reasonDetail: readTextOrNull(row, 'vendor_accounts.reason_detail'),
    stateChangedAt: readTime(row, 'vendor_accounts.state_changed_at'),
    probeAt: readTimeOrNull(row, 'vendor_accounts.probe_at'),
    draining: readFlag(row, 'vendor_accounts.draining'),
  }
}
