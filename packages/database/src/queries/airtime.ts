import type { Transaction } from 'sequelize'

import type { Database, GroupScope } from '../database.ts'
import { selection } from '../sql/selection.ts'
import { when, where } from '../sql/where.ts'
import { AIRTIME_BUDGETS, AIRTIME_WARNINGS, type AirtimePeriod, type AirtimeScopeKind } from '../tables/airtime.ts'
import { changeAndRecord, eventsOf, recordEvents } from './events.ts'
import { ofGroups } from './scope.ts'
import {
  changeRows,
  countChanged,
  nowSql,
  readNumber,
  readNumberOrNull,
  readTextOrNull,
  select,
  selectRows,
  valueGroups,
  releaseSql,
} from './statement.ts'

/** Whose airtime. `id` is 0 for the whole installation. */
export interface AirtimeScope {
  readonly kind: AirtimeScopeKind
  readonly id: number
}

/** Spending levels for a period. */
export type AirtimeBudgetRow = ReturnType<typeof BUDGET.read>
/** A record that a level was passed. */
export type AirtimeWarningRow = ReturnType<typeof WARNING.read>

const { updatedAt: _updatedAt, ...BUDGET_COLUMNS } = AIRTIME_BUDGETS.columns
const BUDGET = selection(BUDGET_COLUMNS)
const WARNING = selection(AIRTIME_WARNINGS.columns)

/** All budgets; there are few. With `lock`, no other transaction spends under the stopping ones until this one ends. */
export async function loadBudgets(db: Database, args: { readonly lock?: boolean }, tx?: Transaction) {
  const condition = args.lock === true ? 'WHERE stop_credits IS NOT NULL' : ''
  // In the same order for all processes, to avoid deadlocks. SQLite has one writer.
  const suffix = args.lock === true && db.dialect === 'mysql' ? 'FOR UPDATE' : ''
  const sql = `FROM airtime_budgets ${condition} ORDER BY id ${suffix}`
  return select(db, BUDGET, { sql, values: [] }, tx)
}

/** Credits spent in a scope since a moment. */
export async function sumAirtime(
  db: Database,
  args: { readonly scope: AirtimeScope; readonly from: Date },
  tx?: Transaction,
): Promise<number> {
  const { scope, from } = args
  const column = scope.kind === 'all' ? null : `${scope.kind}_id = ?`
  const found = where(column === null ? null : { sql: column, values: [scope.id] }, when(from, 'at >= ?'))
  const [row] = await selectRows(db, `SELECT SUM(credits) AS spent FROM airtime_spent ${found.sql}`, found.values, tx)
  return row === undefined ? 0 : (readNumberOrNull(row, 'airtime_spent.credits AS spent') ?? 0)
}

/** A send about to be paid for. */
export interface AirtimeSpend {
  readonly outboundId: number
  readonly attempt: number
  readonly groupId: number | null
  readonly deviceId: number | null
  readonly targetKey: string
  readonly credits: number
}

/** Records what sends will cost, when their attempts begin. */
export async function spendAirtime(
  db: Database,
  args: { readonly spends: readonly AirtimeSpend[]; readonly at: Date },
  tx: Transaction,
): Promise<void> {
  if (args.spends.length === 0) return
  await changeRows(
    db,
    `INSERT INTO airtime_spent (outbound_id, attempt, group_id, device_id, target_key, credits, at)
     VALUES ${valueGroups(args.spends.length, 7)}`,
    args.spends.flatMap((one) => [
      ...[one.outboundId, one.attempt, one.groupId, one.deviceId, one.targetKey, one.credits, args.at],
    ]),
    tx,
  )
}

/** Refunds sends that did not get through. */
export async function refundAirtime(
  db: Database,
  args: { readonly attempts: readonly { readonly outboundId: number; readonly attempt: number }[] },
  tx: Transaction,
): Promise<void> {
  if (args.attempts.length === 0) return
  const each = args.attempts.map(() => '(outbound_id = ? AND attempt = ?)').join(' OR ')
  const values = args.attempts.flatMap(({ outboundId, attempt }) => [outboundId, attempt])
  await changeRows(db, `DELETE FROM airtime_spent WHERE ${each}`, values, tx)
}

/** A delivery that the guard stopped; it waits in the database. */
export interface StoppedDelivery {
  readonly outboundId: number
  readonly reasonCode: string
  readonly reasonDetail: string
  /** When it may continue automatically; `null`: a user has to decide. */
  readonly retryAt: Date | null
}

/** Stops deliveries, which then wait in the database without workflows. */
export async function stopDeliveries(
  db: Database,
  args: { readonly rows: readonly StoppedDelivery[] },
  tx: Transaction,
): Promise<void> {
  for (const { outboundId, reasonCode, reasonDetail, retryAt } of args.rows) {
    const sql = `UPDATE outbound_messages SET state = 'queued', state_changed_at = ${nowSql(db.dialect)}, lane = 'stopped',
       waiting = ?, reason_code = ?, reason_detail = ?, retry_at = ? WHERE id = ? AND finished_at IS NULL`
    const values = [false, reasonCode, reasonDetail.slice(0, 500), retryAt, outboundId]
    await changeAndRecord(db, { sql, values, events: eventsOf('delivery', [outboundId]) }, tx)
  }
}

/** Resumes stopped deliveries whose time has come. A user's decision resumes all except those in a loop. */
export async function releaseStopped(
  db: Database,
  args: { readonly dueBefore: Date | null; readonly limit: number },
  tx?: Transaction,
): Promise<number> {
  const { dueBefore, limit } = args
  const due = dueBefore === null ? 'retry_at IS NOT NULL' : 'retry_at <= ?'
  const rows = await selectRows(
    db,
    `SELECT id FROM outbound_messages WHERE lane = 'stopped' AND finished_at IS NULL AND ${due} ORDER BY id LIMIT ?`,
    [...(dueBefore === null ? [] : [dueBefore]), limit],
    tx,
  )
  const ids = rows.map((row) => readNumber(row, 'outbound_messages.id'))
  if (ids.length === 0) return 0
  const change = (transaction: Transaction) =>
    changeRows(
      db,
      `UPDATE outbound_messages SET lane = 'workflow', ${releaseSql(db.dialect)}, retry_at = NULL
       WHERE id IN (?) AND lane = 'stopped' AND finished_at IS NULL`,
      [ids],
      transaction,
    )
  await (tx === undefined ? db.write(change) : change(tx))
  return ids.length
}

/** Releases one delivery from the guard. @returns whether it was stopped */
export async function waiveAirtime(
  db: Database,
  args: { readonly outboundId: number },
  tx: Transaction,
): Promise<boolean> {
  const changed = await countChanged(
    db,
    `UPDATE outbound_messages SET airtime_waived = ?, lane = 'workflow', ${releaseSql(db.dialect)}, retry_at = NULL,
     reason_code = NULL, reason_detail = NULL, state_changed_at = ${nowSql(db.dialect)}
     WHERE id = ? AND lane = 'stopped' AND finished_at IS NULL`,
    [true, args.outboundId],
    tx,
  )
  if (changed > 0) await recordEvents(db, eventsOf('delivery', [args.outboundId]), tx)
  return changed > 0
}

/** Replaces a scope's levels; both `null` restores the defaults. */
export async function setBudget(
  db: Database,
  args: {
    readonly scope: AirtimeScope
    readonly period: AirtimePeriod
    readonly warnCredits: number | null
    readonly stopCredits: number | null
    readonly overrideUntil: Date | null
    readonly changedBy: string
    readonly now: Date
  },
  tx: Transaction,
): Promise<void> {
  const { scope, period, warnCredits, stopCredits, overrideUntil, changedBy, now } = args
  const key = [scope.kind, scope.id, period]
  const values = [warnCredits, stopCredits, overrideUntil, changedBy.slice(0, 64), now]
  const found = await selectRows(
    db,
    'SELECT id FROM airtime_budgets WHERE scope_kind = ? AND scope_id = ? AND period = ?',
    key,
    tx,
  )
  const sql =
    found.length > 0
      ? `UPDATE airtime_budgets SET warn_credits = ?, stop_credits = ?, override_until = ?, changed_by = ?, updated_at = ?
         WHERE scope_kind = ? AND scope_id = ? AND period = ?`
      : `INSERT INTO airtime_budgets (warn_credits, stop_credits, override_until, changed_by, updated_at, scope_kind, scope_id,
         period) VALUES (?,?,?,?,?,?,?,?)`
  await changeRows(db, sql, [...values, ...key], tx)
}

/** Records that a level was passed. @returns whether it is the first record in this period */
export async function noteAirtimeWarning(
  db: Database,
  args: Omit<AirtimeWarningRow, 'id'>,
  tx: Transaction,
): Promise<boolean> {
  const { scopeKind, scopeId, groupId, period, level, limitCredits, spentCredits, at } = args
  const key = [scopeKind, scopeId, period, level]
  const where = 'scope_kind = ? AND scope_id = ? AND period = ? AND level = ?'
  if ((await selectRows(db, `SELECT id FROM airtime_warnings WHERE ${where}`, key, tx)).length > 0) return false
  const ignore = db.dialect === 'mysql' ? 'ON DUPLICATE KEY UPDATE id = id' : 'ON CONFLICT DO NOTHING'
  await changeRows(
    db,
    `INSERT INTO airtime_warnings (scope_kind, scope_id, period, level, group_id, limit_credits, spent_credits, at)
     VALUES (?,?,?,?,?,?,?,?) ${ignore}`,
    [...key, groupId, limitCredits, spentCredits, at],
    tx,
  )
  return true
}

/** Visible warnings, newest first. */
export function listAirtimeWarnings(
  db: Database,
  args: { readonly scope: GroupScope; readonly from: Date; readonly limit: number },
): Promise<readonly AirtimeWarningRow[]> {
  const found = where(ofGroups(args.scope, 'group_id'), when(args.from, 'at >= ?'))
  const sql = `FROM airtime_warnings ${found.sql} ORDER BY id DESC LIMIT ?`
  return select(db, WARNING, { sql, values: [...found.values, args.limit] })
}

/** What airtime can be grouped by. */
export const AIRTIME_KEYS = ['device', 'modem', 'group'] as const
export type AirtimeKey = (typeof AIRTIME_KEYS)[number]

/** Spending of one device, modem or group. */
export interface AirtimeSum {
  readonly key: string
  /** `null` if it belongs to no device, or no group. */
  readonly id: number | null
  readonly credits: number
  readonly messages: number
}

const SUMS: Readonly<Record<AirtimeKey, { readonly id: string; readonly name: string; readonly join: string }>> = {
  device: { id: 's.device_id', name: 'd.iam', join: 'LEFT JOIN devices d ON d.id = s.device_id' },
  modem: { id: 'NULL', name: 's.target_key', join: '' },
  group: { id: 's.group_id', name: 'g.name', join: 'LEFT JOIN groups g ON g.id = s.group_id' },
}

const RECEIVED: Readonly<Record<AirtimeKey, { readonly id: string; readonly name: string; readonly join: string }>> = {
  device: { id: 'm.device_id', name: 'd.iam', join: 'LEFT JOIN devices d ON d.id = m.device_id' },
  modem: { id: 'm.modem_id', name: 'm.imei', join: '' },
  group: { id: 'm.group_id', name: 'g.name', join: 'LEFT JOIN groups g ON g.id = m.group_id' },
}

/** Whose airtime to sum, grouped by what, over which time. */
interface AirtimeQuestion {
  readonly scope: GroupScope
  readonly by: AirtimeKey
  readonly from: Date
  readonly to: Date
  readonly limit: number
}

/** `groups` is a reserved word in MySQL. */
function joinFor({ dialect }: Database, join: string): string {
  return dialect === 'mysql' ? join.replace('JOIN groups', 'JOIN `groups`') : join
}

/**
 * Cost of the devices' own messages by time of arrival: one credit per started 50 bytes, one for an empty session,
 * nothing for copies. Most expensive first.
 */
export async function listReceivedAirtime(db: Database, args: AirtimeQuestion): Promise<readonly AirtimeSum[]> {
  const { id, name, join } = RECEIVED[args.by]
  const found = where(
    ofGroups(args.scope, 'm.group_id'),
    when(args.from, 'm.received_at >= ?'),
    when(args.to, 'm.received_at < ?'),
  )
  const each = `CASE WHEN LENGTH(m.payload) > 50 THEN (LENGTH(m.payload) + 49) ${db.dialect === 'mysql' ? 'DIV' : '/'} 50 ELSE 1 END`
  const sql = `SELECT ${id} AS id, ${name} AS name, SUM(${each}) AS credits, COUNT(*) AS messages
    FROM inbound_messages m ${joinFor(db, join)} ${found.sql}
    GROUP BY ${id}, ${name} ORDER BY credits DESC, messages DESC LIMIT ?`
  const rows = await selectRows(db, sql, [...found.values, args.limit])
  return rows.map((row) => {
    const key = readTextOrNull(row, 'inbound_messages.imei AS name') ?? ''
    return {
      key: args.by === 'modem' && key !== '' ? `modem/${key}` : key,
      id: readNumberOrNull(row, 'inbound_messages.device_id AS id'),
      credits: readNumber(row, 'inbound_messages.id AS credits'),
      messages: readNumber(row, 'inbound_messages.id AS messages'),
    }
  })
}

/** Spending over a time, by device, modem or group; most expensive first. */
export async function listAirtime(db: Database, args: AirtimeQuestion): Promise<readonly AirtimeSum[]> {
  const { id, name, join } = SUMS[args.by]
  const found = where(ofGroups(args.scope, 's.group_id'), when(args.from, 's.at >= ?'), when(args.to, 's.at < ?'))
  const sql = `SELECT ${id} AS id, ${name} AS name, SUM(s.credits) AS credits, COUNT(*) AS messages
    FROM airtime_spent s ${joinFor(db, join)} ${found.sql}
    GROUP BY ${args.by === 'modem' ? name : `${id}, ${name}`} ORDER BY credits DESC, messages DESC LIMIT ?`
  const rows = await selectRows(db, sql, [...found.values, args.limit])
  return rows.map((row) => ({
    key: readTextOrNull(row, 'airtime_spent.target_key AS name') ?? '',
    id: readNumberOrNull(row, 'airtime_spent.device_id AS id'),
    credits: readNumber(row, 'airtime_spent.credits'),
    messages: readNumber(row, 'airtime_spent.id AS messages'),
  }))
}

/**
 * The depth of the newest command that each of these devices has answered since a moment: what follows now may be its
 * consequence. Devices that answered none are omitted.
 */
export async function loadAnsweredDepths(
  db: Database,
  args: { readonly deviceIds: readonly number[]; readonly since: Date },
  tx: Transaction,
): Promise<ReadonlyMap<number, number>> {
  if (args.deviceIds.length === 0) return new Map()
  const rows = await selectRows(
    db,
    `SELECT c.device_id, MAX(o.depth) AS depth FROM commands c JOIN outbound_messages o ON o.id = c.outbound_id
     WHERE c.device_id IN (?) AND c.state IN ('confirmed','refused') AND c.decided_at >= ? GROUP BY c.device_id`,
    [args.deviceIds, args.since],
    tx,
  )
  return new Map(rows.map((row) => [readNumber(row, 'commands.device_id'), readNumber(row, 'outbound_messages.depth')]))
}
