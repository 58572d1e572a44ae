import { literal, type Transaction, UniqueConstraintError } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import type { Condition } from '../sql/where.ts'

/** A list of whole numbers for SQL, or one that matches nothing. They are ids of ours, and made numbers once more here. */
function idList(ids: readonly number[]): string {
  return ids.length === 0 ? 'NULL' : ids.map((id) => String(Math.trunc(Number(id)))).join(',')
}

/** Condition on a `group_id` column; `{}` where everything may be seen. */
export function inGroups(scope: GroupScope): { groupId?: number[] } {
  return 'all' in scope ? {} : { groupId: [...scope.groupIds] }
}

/** The same for a hand-written statement. */
export function ofGroups(scope: GroupScope, column: string): Condition | null {
  return 'all' in scope ? null : { sql: `${column} IN (?)`, values: [scope.groupIds] }
}

/** Condition on a `modem_id` column, which has the index, for a caller who knows the IMEI. */
export function ofImei(imei: string | undefined): Condition | null {
  return imei === undefined ? null : { sql: 'modem_id = (SELECT id FROM modems WHERE imei = ?)', values: [imei] }
}

/** Condition on a `device_id` column: devices of these groups. What belongs to no device is seen only by who sees all. */
export function ofDevicesIn(scope: GroupScope): { deviceId?: ReturnType<typeof literal>[] } {
  if ('all' in scope) return {}
  return { deviceId: [literal(`SELECT id FROM devices WHERE group_id IN (${idList(scope.groupIds)})`)] }
}

/** The devices of these groups, deleted ones too, or the one asked for if it is among them; `null` where everything may be seen. */
export async function deviceIdsIn(
  db: Database,
  args: { readonly scope: GroupScope; readonly deviceId?: number | undefined },
  tx: Transaction | undefined,
): Promise<readonly number[] | null> {
  const { scope, deviceId } = args
  if ('all' in scope) return null
  const where = { ...inGroups(scope), ...(deviceId === undefined ? {} : { id: deviceId }) }
  const rows = await db.models.Device.findAll({ attributes: ['id'], where, ...reading(tx) })
  return rows.map(({ id }) => id)
}

/**
 * Condition on `device_id` that no index is used for: MariaDB prefers that of the devices to a better one, and then reads
 * and sorts all that they ever sent.
 */
export function amongDevices(ids: readonly number[]): ReturnType<typeof literal> {
  return literal(`COALESCE(device_id, 0) IN (${idList(ids)})`)
}

/** Condition on a modem's `id`: it sits in a device of these groups now. */
export function modemsIn(scope: GroupScope): { id?: ReturnType<typeof literal>[] } {
  if ('all' in scope) return {}
  const devices = `SELECT id FROM devices WHERE group_id IN (${idList(scope.groupIds)})`
  return { id: [literal(`SELECT open_modem_id FROM modem_assignments WHERE open_device_id IN (${devices})`)] }
}

/** Condition on `modem_id`, which has the index, for a caller who knows the IMEI. */
export async function ofModem(
  db: Database,
  imei: string,
  tx: Transaction | undefined,
): Promise<{ modemId: number | number[] }> {
  const modem = await db.models.Modem.findOne({ attributes: ['id'], where: { imei }, ...reading(tx) })
  return { modemId: modem?.id ?? [] }
}

/** Runs in the transaction that is already open, or in one of its own. */
export function inWrite<T>(
  db: Database,
  tx: Transaction | undefined,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return tx === undefined ? db.write(work) : work(tx)
}

/**
 * The option object of a read that may be part of a transaction. Never with `raw`: SQLite's times and JSON come as text
 * then, and its booleans as numbers.
 */
export function reading(tx: Transaction | undefined): { transaction?: Transaction } {
  return tx === undefined ? {} : { transaction: tx }
}

/** True where a write failed because another row has the same unique value. */
export function isUniqueConflict(error: unknown): boolean {
  return error instanceof UniqueConstraintError
}
