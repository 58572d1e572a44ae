import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { selection } from '../sql/selection.ts'
import type { RowOf } from '../sql/table.ts'
import { RECOVERIES } from '../tables/recoveries.ts'
import type { SweepArgs } from './dispatch.ts'
import { changeRows, countChanged, isOldSql, readNumber, readText, select, selectRows } from './statement.ts'

const RECOVERY = selection(RECOVERIES.columns)
/** A period during which a buoy reports often. */
export type RecoveryRow = RowOf<typeof RECOVERIES.kinds>

/** Creates one. @returns its id */
export async function insertRecovery(
  db: Database,
  values: Pick<
    RecoveryRow,
    | 'deviceId'
    | 'minutes'
    | 'backMinutes'
    | 'stopBelowVolts'
    | 'credits'
    | 'commandId'
    | 'requestedBy'
    | 'createdAt'
    | 'endsAt'
  >,
  tx: Transaction,
): Promise<number> {
  const row = await db.models.Recovery.create({ ...values, state: 'running' }, { transaction: tx })
  return Number(row.id)
}

/** The last one of a device. The caller has found the device within its scope. */
export async function findRecovery(
  db: Database,
  args: { readonly deviceId: number },
  tx?: Transaction,
): Promise<RecoveryRow | null> {
  const rest = { sql: 'FROM recoveries WHERE device_id = ? ORDER BY id DESC LIMIT 1', values: [args.deviceId] }
  return (await select(db, RECOVERY, rest, tx))[0] ?? null
}

/** One by id, with its device's name; `iam` is `null` if that was deleted. */
export async function loadRecovery(
  db: Database,
  args: { readonly id: number },
  tx: Transaction,
): Promise<(RecoveryRow & { readonly iam: string | null }) | null> {
  const [row] = await select(db, RECOVERY, { sql: 'FROM recoveries WHERE id = ?', values: [args.id] }, tx)
  const sql = 'SELECT iam FROM devices WHERE id = ? AND deleted_at IS NULL'
  const [device] = row === undefined ? [] : await selectRows(db, sql, [row.deviceId], tx)
  return row === undefined ? null : { ...row, iam: device === undefined ? null : readText(device, 'devices.iam') }
}

/** Ends a device's running recovery. @returns whether there was one */
export async function endRecovery(
  db: Database,
  args: { readonly deviceId: number; readonly reason: string; readonly at: Date },
  tx: Transaction,
): Promise<boolean> {
  const sql = `UPDATE recoveries SET state = 'ended', reason = ?, ended_at = ? WHERE device_id = ? AND state = 'running'`
  return (await countChanged(db, sql, [args.reason, args.at, args.deviceId], tx)) > 0
}

/** Records the command that restores the interval. */
export function setBackCommand(
  db: Database,
  args: { readonly id: number; readonly commandId: number },
  tx: Transaction,
): Promise<void> {
  return changeRows(db, 'UPDATE recoveries SET back_command_id = ? WHERE id = ?', [args.commandId, args.id], tx)
}

/** Records the command that sent its short interval again. */
export function setRecoveryCommand(
  db: Database,
  args: { readonly id: number; readonly commandId: number },
  tx: Transaction,
): Promise<void> {
  return changeRows(db, 'UPDATE recoveries SET command_id = ? WHERE id = ?', [args.commandId, args.id], tx)
}

/** A running one without a workflow. */
export interface UndispatchedRecovery {
  readonly recoveryId: number
  readonly iam: string
}

/** Running ones whose workflows have to be started. */
export async function listUndispatchedRecoveries(
  db: Database,
  args: Pick<SweepArgs, 'limit' | 'startedBefore'>,
): Promise<UndispatchedRecovery[]> {
  const started =
    args.startedBefore === null
      ? { sql: 'r.workflow_started_at IS NULL', values: [] }
      : isOldSql('r.workflow_started_at', args.startedBefore)
  const rows = await selectRows(
    db,
    `SELECT r.id, d.iam FROM recoveries r JOIN devices d ON d.id = r.device_id WHERE r.state = 'running' AND ${started.sql}
     ORDER BY r.id LIMIT ?`,
    [...started.values, args.limit],
  )
  return rows.map((row) => ({ recoveryId: readNumber(row, 'recoveries.id'), iam: readText(row, 'devices.iam') }))
}
