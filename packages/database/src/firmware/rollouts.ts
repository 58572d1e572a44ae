import { ROLLOUT_STATES, UPGRADE_STATES, type RolloutState, type UpgradeState } from '@paikea/domain'
import type { Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import { changeRows, countChanged, type RawRow, selectRows } from '../queries/statement.ts'
import { insertRow } from './insert-row.ts'
import type { ReasonRow } from './releases.ts'
import { readRow } from './row.ts'

/** A roll-out of a release to devices, in stages. */
export interface RolloutRow {
  readonly id: number
  readonly groupId: number
  readonly releaseId: number
  readonly releaseRef: string
  readonly label: string | null
  readonly state: RolloutState
  readonly reason: ReasonRow | null
  /** The current stage, counted from 0. */
  readonly stage: number
  readonly stages: number
  readonly stageBeganAt: Date | null
  /** When the stage's last device was done. */
  readonly stageEndedAt: Date | null
  readonly needsApproval: boolean
  /** Share of failures, 0 to 1, at which it pauses. */
  readonly pauseAtShare: number
  readonly coolDownMinutes: number
  readonly forgiven: number
  readonly allowDowngrade: boolean
  readonly requestedBy: string
  readonly workflowId: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly finishedAt: Date | null
}

/** A device of a roll-out. */
export interface RolloutDeviceRow {
  readonly stage: number
  readonly deviceId: number
  readonly iam: string
  readonly jobId: number | null
  readonly jobState: UpgradeState | null
  readonly skipped: string | null
}

const SELECT = `SELECT o.*, r.ref AS release_ref FROM rollouts o JOIN firmware_releases r ON r.id = o.release_id`

/** Creates a roll-out with its devices, stage by stage. */
export async function insertRollout(
  db: Database,
  args: {
    readonly groupId: number
    readonly releaseId: number
    readonly label: string | null
    readonly needsApproval: boolean
    readonly pauseAtShare: number
    readonly coolDownMinutes: number
    readonly allowDowngrade: boolean
    readonly stages: readonly (readonly number[])[]
    readonly requestedBy: string
    readonly now: Date
  },
  tx: Transaction,
): Promise<number> {
  const { now, stages } = args
  const id = await insertRow(
    db,
    'rollouts',
    {
      group_id: args.groupId,
      release_id: args.releaseId,
      label: args.label,
      state: 'running',
      stages: stages.length,
      needs_approval: args.needsApproval,
      pause_at_share: args.pauseAtShare,
      cool_down_minutes: args.coolDownMinutes,
      allow_downgrade: args.allowDowngrade,
      requested_by: args.requestedBy,
      created_at: now,
      updated_at: now,
    },
    tx,
  )
  const rows = stages.flatMap((deviceIds, stage) => deviceIds.map((deviceId) => [id, stage, deviceId]))
  for (let at = 0; at < rows.length; at += 200) {
    const some = rows.slice(at, at + 200)
    await changeRows(
      db,
      `INSERT INTO rollout_devices (rollout_id, stage, device_id) VALUES ${some.map(() => '(?,?,?)').join(',')}`,
      some.flat(),
      tx,
    )
  }
  return id
}

/** Roll-outs, newest first. */
export async function listRollouts(
  db: Database,
  args: { readonly scope: GroupScope; readonly limit: number; readonly afterId: number | null },
): Promise<readonly RolloutRow[]> {
  const { scope, limit, afterId } = args
  const conditions: { readonly sql: string; readonly value: unknown }[] = []
  if (!('all' in scope)) conditions.push({ sql: 'o.group_id IN (?)', value: [...scope.groupIds, -1] })
  if (afterId !== null) conditions.push({ sql: 'o.id < ?', value: afterId })
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`
  const values = [...conditions.map(({ value }) => value), limit]
  return (await selectRows(db, `${SELECT} ${where} ORDER BY o.id DESC LIMIT ?`, values)).map(toRollout)
}

/** One roll-out, if visible. */
export async function findRollout(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number },
  tx?: Transaction,
): Promise<RolloutRow | null> {
  const [raw] = await selectRows(db, `${SELECT} WHERE o.id = ?`, [args.id], tx)
  const found = raw === undefined ? null : toRollout(raw)
  if (found === null || 'all' in args.scope) return found
  return args.scope.groupIds.includes(found.groupId) ? found : null
}

/** The devices of a roll-out with their jobs, stage by stage. */
export async function listRolloutDevices(
  db: Database,
  args: { readonly rolloutId: number },
  tx?: Transaction,
): Promise<readonly RolloutDeviceRow[]> {
  const rows = await selectRows(
    db,
    `SELECT x.stage, x.device_id, d.iam, x.job_id, j.state AS job_state, x.skipped FROM rollout_devices x
     JOIN devices d ON d.id = x.device_id LEFT JOIN upgrade_jobs j ON j.id = x.job_id
     WHERE x.rollout_id = ? ORDER BY x.stage, d.iam`,
    [args.rolloutId],
    tx,
  )
  return rows.map((raw) => {
    const row = readRow('rollout_devices', raw)
    return {
      stage: row.number('stage'),
      deviceId: row.number('device_id'),
      iam: row.text('iam'),
      jobId: row.numberOrNull('job_id'),
      jobState: row.textOrNull('job_state') === null ? null : row.oneOf('job_state', UPGRADE_STATES),
      skipped: row.textOrNull('skipped'),
    }
  })
}

/** Assigns a job to a device of a roll-out, or the reason why it gets none. */
export async function settleRolloutDevice(
  db: Database,
  args: {
    readonly rolloutId: number
    readonly deviceId: number
    readonly jobId: number | null
    readonly skipped: string | null
  },
  tx: Transaction,
): Promise<void> {
  const { rolloutId, deviceId, jobId, skipped } = args
  await changeRows(
    db,
    'UPDATE rollout_devices SET job_id = ?, skipped = ? WHERE rollout_id = ? AND device_id = ?',
    [jobId, skipped, rolloutId, deviceId],
    tx,
  )
}

/** Changes to a roll-out; omitted fields stay unchanged. */
export interface RolloutChange {
  readonly state?: RolloutState
  readonly reason?: ReasonRow | null
  readonly stage?: number
  readonly stageBeganAt?: Date | null
  readonly stageEndedAt?: Date | null
  readonly forgiven?: number
  readonly finishedAt?: Date
}

/** Changes a roll-out if it is in one of these states. @returns whether it was */
export async function changeRollout(
  db: Database,
  args: {
    readonly id: number
    readonly from: readonly RolloutState[]
    readonly change: RolloutChange
    readonly now: Date
  },
  tx: Transaction,
): Promise<boolean> {
  const { id, from, change, now } = args
  const columns: Readonly<Record<string, unknown>> = {
    updated_at: now,
    state: change.state,
    ...(change.reason === undefined
      ? {}
      : {
          reason_code: change.reason?.code ?? null,
          reason_detail: change.reason?.detail ?? null,
          what_to_do: change.reason?.whatToDo ?? null,
        }),
    stage: change.stage,
    stage_began_at: change.stageBeganAt,
    stage_ended_at: change.stageEndedAt,
    forgiven: change.forgiven,
    finished_at: change.finishedAt,
  }
  const given = Object.entries(columns).filter(([, value]) => value !== undefined)
  const sql = `UPDATE rollouts SET ${given.map(([name]) => `${name} = ?`).join(', ')} WHERE id = ? AND state IN (?)`
  return (await countChanged(db, sql, [...given.map(([, value]) => value), id, [...from]], tx)) > 0
}

function toRollout(raw: RawRow): RolloutRow {
  const row = readRow('rollouts', raw)
  const code = row.textOrNull('reason_code')
  return {
    id: row.number('id'),
    groupId: row.number('group_id'),
    releaseId: row.number('release_id'),
    releaseRef: row.text('release_ref'),
    label: row.textOrNull('label'),
    state: row.oneOf('state', ROLLOUT_STATES),
    reason:
      code === null
        ? null
        : { code, detail: row.textOrNull('reason_detail') ?? '', whatToDo: row.textOrNull('what_to_do') },
    stage: row.number('stage'),
    stages: row.number('stages'),
    stageBeganAt: row.timeOrNull('stage_began_at'),
    stageEndedAt: row.timeOrNull('stage_ended_at'),
    needsApproval: row.flag('needs_approval'),
    pauseAtShare: row.number('pause_at_share'),
    coolDownMinutes: row.number('cool_down_minutes'),
    forgiven: row.number('forgiven'),
    allowDowngrade: row.flag('allow_downgrade'),
    requestedBy: row.text('requested_by'),
    workflowId: row.textOrNull('workflow_id'),
    createdAt: row.time('created_at'),
    updatedAt: row.time('updated_at'),
    finishedAt: row.timeOrNull('finished_at'),
  }
}
