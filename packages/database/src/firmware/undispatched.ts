import type { Database } from '../database.ts'
import { changeRows, selectRows } from '../queries/statement.ts'
import { readRow } from './row.ts'

/** A kind of row with its own workflow. */
export type FirmwareWork = 'release' | 'upgrade' | 'rollout'

/** A row whose workflow has to be started. */
export interface UndispatchedFirmware {
  readonly work: FirmwareWork
  readonly id: number
  /** For readers of Temporal's UI. */
  readonly label: string
  /** The device's, if there is one. */
  readonly iam: string | null
}

const QUERIES: Readonly<Record<FirmwareWork, string>> = {
  release: `SELECT id, ref AS label, NULL AS iam FROM firmware_releases
    WHERE workflow_started_at IS NULL AND state IN ('fetching','parked') ORDER BY id LIMIT ?`,
  upgrade: `SELECT j.id, r.ref AS label, d.iam FROM upgrade_jobs j JOIN devices d ON d.id = j.device_id
    JOIN firmware_releases r ON r.id = j.release_id
    WHERE j.workflow_started_at IS NULL AND j.state IN ('prepared','offered','downloading','installed') ORDER BY j.id LIMIT ?`,
  rollout: `SELECT o.id, r.ref AS label, NULL AS iam FROM rollouts o JOIN firmware_releases r ON r.id = o.release_id
    WHERE o.workflow_started_at IS NULL AND o.state IN ('running','waiting','paused') ORDER BY o.id LIMIT ?`,
}
const TABLES: Readonly<Record<FirmwareWork, string>> = {
  release: 'firmware_releases',
  upgrade: 'upgrade_jobs',
  rollout: 'rollouts',
}

/** Rows without a workflow, oldest first. */
export async function listUndispatchedFirmware(
  db: Database,
  args: { readonly limit: number },
): Promise<readonly UndispatchedFirmware[]> {
  const found: UndispatchedFirmware[] = []
  for (const work of ['release', 'rollout', 'upgrade'] as const) {
    const rows = await selectRows(db, QUERIES[work], [args.limit])
    for (const raw of rows) {
      const row = readRow(TABLES[work], raw)
      found.push({ work, id: row.number('id'), label: row.text('label'), iam: row.textOrNull('iam') })
    }
  }
  return found
}

/** Records that the workflows of these rows were started. */
export async function markFirmwareDispatched(
  db: Database,
  args: { readonly work: FirmwareWork; readonly ids: readonly number[]; readonly now: Date },
): Promise<void> {
  const { work, ids, now } = args
  if (ids.length === 0) return
  const prefix = `${work}/`
  const workflowId = db.dialect === 'mysql' ? `CONCAT(?, id)` : '? || id'
  const sql = `UPDATE ${TABLES[work]} SET workflow_started_at = ?, workflow_id = ${workflowId} WHERE id IN (?)`
  await db.write((tx) => changeRows(db, sql, [now, prefix, ids], tx))
}
