import { literal, type Transaction, UniqueConstraintError, type WhereOptions } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import type { Condition } from '../sql/where.ts'

/**
 * A list of integers for SQL, or one that matches nothing. These are our own ids, and converted to numbers again here.
 */
function idList(ids: readonly number[]): string {
  return ids.length === 0 ? 'NULL' : ids.map((id) => String(Math.trunc(Number(id)))).join(',')
}

/** Condition on a `group_id` column; `{}` if everything is visible. */
export function inGroups(scope: GroupScope): { groupId?: number[] } {
  return 'all' in scope ? {} : { groupId: [...scope.groupIds] }
}

/** The same for a hand-written statement. */
export function ofGroups(scope: GroupScope, column: string): Condition | null {
  return 'all' in scope ? null : { sql: `${column} IN (?)`, values: [scope.groupIds] }
}

/**
 * Condition on a delivery: of these groups, or to one of their modems. Not for lists, where each half has its own
 * index.
 */
export function ofDeliveryGroups(scope: GroupScope): Condition | null {
  if ('all' in scope) return null
  // A group that does not exist: MySQL accepts no empty list.
  const groupIds = [...scope.groupIds, -1]
  return { sql: '(group_id IN (?) OR target_group_id IN (?))', values: [groupIds, groupIds] }
}

/** Condition on the indexed `modem_id` column, for callers who know the IMEI. */
export function ofImei(imei: string | undefined): Condition | null {
  return imei === undefined ? null : { sql: 'modem_id = (SELECT id FROM modems WHERE imei = ?)', values: [imei] }
}

/** Condition on a modem: in a device of these groups now, or in none and last owned by them. */
export function modemsIn(scope: GroupScope): WhereOptions {
  if ('all' in scope) return {}
  const groups = idList(scope.groupIds)
  const attached = 'SELECT open_modem_id FROM modem_assignments WHERE open_modem_id IS NOT NULL'
  const own = `${attached} AND open_device_id IN (SELECT id FROM devices WHERE group_id IN (${groups}))`
  return literal(`(id IN (${own}) OR (group_id IN (${groups}) AND id NOT IN (${attached})))`)
}

/** Condition on a user's `id`: a member of one of these groups. */
export function usersIn(scope: GroupScope): { id?: ReturnType<typeof literal>[] } {
  if ('all' in scope) return {}
  return { id: [literal(`SELECT user_id FROM memberships WHERE group_id IN (${idList(scope.groupIds)})`)] }
}

/** Runs in the open transaction, or in a new one. */
export function inWrite<T>(
  db: Database,
  tx: Transaction | undefined,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return tx === undefined ? db.write(work) : work(tx)
}

/**
 * The options of a read that may be part of a transaction. Never with `raw`: SQLite's times and JSON would arrive as
 * text, and its booleans as numbers.
 */
export function reading(tx: Transaction | undefined): { transaction?: Transaction } {
  return tx === undefined ? {} : { transaction: tx }
}

/** Whether a write failed because another row has the same unique value. */
export function isUniqueConflict(error: unknown): boolean {
  return error instanceof UniqueConstraintError
}
