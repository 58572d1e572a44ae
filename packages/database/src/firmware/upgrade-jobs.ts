import { UPGRADE_STATES, type UpgradeState } from '@paikea/domain'
import type { Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import { changeAndRecord, eventsOf, recordEvents } from '../queries/events.ts'
import { countChanged, type RawRow, selectRows } from '../queries/statement.ts'
import { insertRow } from './insert-row.ts'
import type { ReasonRow } from './releases.ts'
import { readRow } from './row.ts'

/** An upgrade of one device. */
export interface UpgradeJobRow {
  readonly id: number
  readonly deviceId: number
  readonly iam: string
  readonly kind: string
  readonly groupId: number
  readonly releaseId: number
  readonly releaseRef: string
  readonly releaseCommit: string | null
  readonly rolloutId: number | null
  readonly state: UpgradeState
  readonly reason: ReasonRow | null
  readonly isDowngrade: boolean
  readonly filesTotal: number
  readonly filesDone: number
  readonly seenFiles: string | null
  /** Free space on its flash, as reported by the device. */
  readonly freeBytes: number | null
  readonly runs: number
  readonly restarts: number
  readonly restartedAt: Date | null
  readonly offeredAt: Date | null
  /** The device's last request for this job. */
  readonly heardAt: Date | null
  readonly installedAt: Date | null
  readonly finishedAt: Date | null
  readonly expiresAt: Date
  readonly requestedBy: string
  readonly workflowId: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const SELECT = `SELECT j.*, d.iam, d.kind, d.group_id, r.ref AS release_ref, r.commit_id AS release_commit
  FROM upgrade_jobs j JOIN devices d ON d.id = j.device_id JOIN firmware_releases r ON r.id = j.release_id`

/** Creates a job. @throws UniqueConstraintError if the device has an open one */
export async function insertUpgradeJob(
  db: Database,
  args: {
    readonly deviceId: number
    readonly releaseId: number
    readonly rolloutId: number | null
    readonly isDowngrade: boolean
    readonly filesTotal: number
    readonly expiresAt: Date
    readonly requestedBy: string
    readonly now: Date
  },
  tx: Transaction,
): Promise<number> {
  const { deviceId, releaseId, rolloutId, isDowngrade, filesTotal, expiresAt, requestedBy, now } = args
  const id = await insertRow(
    db,
    'upgrade_jobs',
    {
      device_id: deviceId,
      open_device_id: deviceId,
      release_id: releaseId,
      rollout_id: rolloutId,
      state: 'prepared',
      is_downgrade: isDowngrade,
      files_total: filesTotal,
      expires_at: expiresAt,
      requested_by: requestedBy,
      created_at: now,
      updated_at: now,
    },
    tx,
  )
  await recordEvents(db, eventsOf('upgrade', [id]), tx)
  return id
}

/** Jobs, newest first. */
export async function listUpgradeJobs(
  db: Database,
  args: {
    readonly scope: GroupScope
    readonly iam?: string | undefined
    readonly state?: UpgradeState | undefined
    readonly rolloutId?: number | undefined
    readonly limit: number
    readonly afterId: number | null
  },
): Promise<readonly UpgradeJobRow[]> {
  const { scope, iam, state, rolloutId, limit, afterId } = args
  const conditions: { readonly sql: string; readonly value: unknown }[] = []
  if (!('all' in scope)) conditions.push({ sql: 'd.group_id IN (?)', value: [...scope.groupIds, -1] })
  if (iam !== undefined) conditions.push({ sql: 'd.iam = ?', value: iam })
  if (state !== undefined) conditions.push({ sql: 'j.state = ?', value: state })
  if (rolloutId !== undefined) conditions.push({ sql: 'j.rollout_id = ?', value: rolloutId })
  if (afterId !== null) conditions.push({ sql: 'j.id < ?', value: afterId })
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`
  const rows = await selectRows(db, `${SELECT} ${where} ORDER BY j.id DESC LIMIT ?`, [
    ...conditions.map(({ value }) => value),
    limit,
  ])
  return rows.map(toJob)
}

/** Jobs by id. For the service's own use: no scope. */
export async function listUpgradesAmong(
  db: Database,
  args: { readonly ids: readonly number[] },
): Promise<readonly UpgradeJobRow[]> {
  return (await selectRows(db, `${SELECT} WHERE j.id IN (?) ORDER BY j.id`, [args.ids])).map(toJob)
}

/** One job, if visible. */
export async function findUpgradeJob(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number },
  tx?: Transaction,
): Promise<UpgradeJobRow | null> {
  const [row] = await selectRows(db, `${SELECT} WHERE j.id = ?`, [args.id], tx)
  const job = row === undefined ? null : toJob(row)
  if (job === null || 'all' in args.scope) return job
  return args.scope.groupIds.includes(job.groupId) ? job : null
}

/** The open job of a device; with `lock`, locked until the end of the transaction. */
export async function findOpenJob(
  db: Database,
  args: { readonly deviceId: number },
  tx?: Transaction,
): Promise<UpgradeJobRow | null> {
  const [row] = await selectRows(db, `${SELECT} WHERE j.open_device_id = ?`, [args.deviceId], tx)
  return row === undefined ? null : toJob(row)
}

/** Unfinished jobs of a device: open ones, and installed ones whose success is not confirmed. */
export async function listActiveJobs(
  db: Database,
  args: { readonly iam: string },
): Promise<readonly { readonly id: number }[]> {
  const sql = `SELECT j.id FROM upgrade_jobs j JOIN devices d ON d.id = j.device_id
    WHERE d.iam = ? AND j.state IN ('prepared','offered','downloading','installed')`
  const rows = await selectRows(db, sql, [args.iam])
  return rows.map((raw) => ({ id: readRow('upgrade_jobs', raw).number('id') }))
}

/** Installed jobs of a device whose success is not confirmed. */
export async function listInstalledJobs(
  db: Database,
  args: { readonly deviceId: number },
): Promise<readonly UpgradeJobRow[]> {
  const sql = `${SELECT} WHERE j.device_id = ? AND j.state = 'installed'`
  return (await selectRows(db, sql, [args.deviceId])).map(toJob)
}

/** Changes to a job; omitted fields stay unchanged. */
export interface JobChange {
  readonly state?: UpgradeState
  readonly reason?: ReasonRow | null
  readonly freeBytes?: number | null
  readonly filesDone?: number
  readonly seenFiles?: string | null
  /** Increments the counter. */
  readonly newRun?: boolean
  /** Increments the counter, and records the time. */
  readonly newRestart?: boolean
  readonly offeredAt?: Date
  readonly heardAt?: Date
  readonly installedAt?: Date
  readonly finishedAt?: Date
}

/** Changes a job if it is in one of these states. @returns whether it was */
export async function changeUpgradeJob(
  db: Database,
  args: {
    readonly id: number
    readonly from: readonly UpgradeState[]
    readonly change: JobChange
    readonly now: Date
  },
  tx: Transaction,
): Promise<boolean> {
  const { id, from, change, now } = args
  const sets: string[] = ['updated_at = ?']
  const values: unknown[] = [now]
  const set = (sql: string, value: unknown): void => {
    sets.push(sql)
    values.push(value)
  }
  if (change.state !== undefined) {
    set('state = ?', change.state)
    sets.push(isOpen(change.state) ? 'open_device_id = device_id' : 'open_device_id = NULL')
  }
  if (change.reason !== undefined) {
    set('reason_code = ?', change.reason?.code ?? null)
    set('reason_detail = ?', change.reason?.detail.slice(0, 600) ?? null)
    set('what_to_do = ?', change.reason?.whatToDo?.slice(0, 600) ?? null)
  }
  if (change.freeBytes !== undefined) set('free_bytes = ?', change.freeBytes)
  if (change.filesDone !== undefined) set('files_done = ?', change.filesDone)
  if (change.seenFiles !== undefined) set('seen_files = ?', change.seenFiles)
  if (change.newRun === true) sets.push('runs = runs + 1')
  if (change.newRestart === true) {
    sets.push('restarts = restarts + 1')
    set('restarted_at = ?', now)
  }
  if (change.offeredAt !== undefined) set('offered_at = ?', change.offeredAt)
  if (change.heardAt !== undefined) set('heard_at = ?', change.heardAt)
  if (change.installedAt !== undefined) set('installed_at = ?', change.installedAt)
  if (change.finishedAt !== undefined) set('finished_at = ?', change.finishedAt)
  const sql = `UPDATE upgrade_jobs SET ${sets.join(', ')} WHERE id = ? AND state IN (?)`
  const isChanged = (await countChanged(db, sql, [...values, id, [...from]], tx)) > 0
  if (isChanged && isShown(change)) await recordEvents(db, eventsOf('upgrade', [id]), tx)
  return isChanged
}

/** Whether users see the change; merely hearing from a device does not count. */
function isShown({ state, reason, filesDone, newRun, newRestart }: JobChange): boolean {
  return [state, reason, filesDone].some((value) => value !== undefined) || newRun === true || newRestart === true
}

/** Records the progress of many downloads at once: open jobs only. */
export async function noteDownloads(
  db: Database,
  downloads: readonly {
    readonly id: number
    readonly filesDone: number
    readonly seenFiles: string
    readonly heardAt: Date
  }[],
  tx: Transaction,
): Promise<void> {
  const [first] = downloads
  if (first === undefined) return
  const perJob = downloads.map(() => 'WHEN ? THEN ?').join(' ')
  const ids = downloads.map(({ id }) => id)
  const valuesOf = (key: 'filesDone' | 'seenFiles' | 'heardAt') => downloads.flatMap((each) => [each.id, each[key]])
  await changeAndRecord(
    db,
    {
      sql: `UPDATE upgrade_jobs SET state = 'downloading', files_done = CASE id ${perJob} END, seen_files = CASE id ${perJob} END,
       heard_at = CASE id ${perJob} END, updated_at = ?, reason_code = NULL, reason_detail = NULL, what_to_do = NULL
     WHERE id IN (?) AND state IN ('offered','downloading')`,
      values: [...valuesOf('filesDone'), ...valuesOf('seenFiles'), ...valuesOf('heardAt'), first.heardAt, ids],
      events: eventsOf('upgrade', ids),
    },
    tx,
  )
}

/** Which files of these jobs have been seen so far. */
export async function loadSeenFiles(
  db: Database,
  args: { readonly ids: readonly number[] },
  tx: Transaction,
): Promise<ReadonlyMap<number, string | null>> {
  if (args.ids.length === 0) return new Map()
  const rows = await selectRows(db, 'SELECT id, seen_files FROM upgrade_jobs WHERE id IN (?)', [args.ids], tx)
  return new Map(
    rows.map((raw) => {
      const row = readRow('upgrade_jobs', raw)
      return [row.number('id'), row.textOrNull('seen_files')]
    }),
  )
}

function isOpen(state: UpgradeState): boolean {
  return state === 'prepared' || state === 'offered' || state === 'downloading'
}

function toJob(raw: RawRow): UpgradeJobRow {
  const row = readRow('upgrade_jobs', raw)
  const code = row.textOrNull('reason_code')
  return {
    id: row.number('id'),
    deviceId: row.number('device_id'),
    iam: row.text('iam'),
    kind: row.text('kind'),
    groupId: row.number('group_id'),
    releaseId: row.number('release_id'),
    releaseRef: row.text('release_ref'),
    releaseCommit: row.textOrNull('release_commit'),
    rolloutId: row.numberOrNull('rollout_id'),
    state: row.oneOf('state', UPGRADE_STATES),
    reason:
      code === null
        ? null
        : { code, detail: row.textOrNull('reason_detail') ?? '', whatToDo: row.textOrNull('what_to_do') },
    isDowngrade: row.flag('is_downgrade'),
    filesTotal: row.number('files_total'),
    filesDone: row.number('files_done'),
    seenFiles: row.textOrNull('seen_files'),
    freeBytes: row.numberOrNull('free_bytes'),
    runs: row.number('runs'),
    restarts: row.number('restarts'),
    restartedAt: row.timeOrNull('restarted_at'),
    offeredAt: row.timeOrNull('offered_at'),
    heardAt: row.timeOrNull('heard_at'),
    installedAt: row.timeOrNull('installed_at'),
    finishedAt: row.timeOrNull('finished_at'),
    expiresAt: row.time('expires_at'),
    requestedBy: row.text('requested_by'),
    workflowId: row.textOrNull('workflow_id'),
    createdAt: row.time('created_at'),
    updatedAt: row.time('updated_at'),
  }
}
