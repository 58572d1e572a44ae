import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { changeRows, countChanged, readText, readTime, releaseSql, selectRows } from './statement.ts'

/** One namespace of one Temporal cluster. A development server with a new file is another cluster. */
export interface TemporalIdentity {
  readonly clusterId: string
  readonly namespaceId: string
  /** Its name, for users. */
  readonly namespace: string
}

/** The Temporal that acts on this store. */
export interface TemporalHomeRow extends TemporalIdentity {
  readonly since: Date
  /** When a process last used it. */
  readonly seenAt: Date
}

/** The Temporal that acts on this store; `null` before the first one. */
export async function readTemporalHome(db: Database, tx?: Transaction): Promise<TemporalHomeRow | null> {
  const sql = 'SELECT cluster_id, namespace_id, namespace, since, seen_at FROM temporal_home WHERE id = 1'
  const [row] = await selectRows(db, sql, [], tx)
  if (row === undefined) return null
  return {
    clusterId: readText(row, 'temporal_home.cluster_id'),
    namespaceId: readText(row, 'temporal_home.namespace_id'),
    namespace: readText(row, 'temporal_home.namespace'),
    since: readTime(row, 'temporal_home.since'),
    seenAt: readTime(row, 'temporal_home.seen_at'),
  }
}

/** Records a Temporal as this store's, unless there is one. @returns the present one */
export async function settleTemporalHome(
  db: Database,
  { identity, now }: { readonly identity: TemporalIdentity; readonly now: Date },
): Promise<TemporalHomeRow> {
  const or = db.dialect === 'mysql' ? '' : 'OR '
  await db.write((tx) =>
    changeRows(
      db,
      `INSERT ${or}IGNORE INTO temporal_home (id, cluster_id, namespace_id, namespace, since, seen_at)
       VALUES (1, ?, ?, ?, ?, ?)`,
      [identity.clusterId, identity.namespaceId, identity.namespace, now, now],
      tx,
    ),
  )
  return (await readTemporalHome(db)) ?? { ...identity, since: now, seenAt: now }
}

/** Records that a process uses this Temporal. */
export async function touchTemporalHome(
  db: Database,
  { identity, now }: { readonly identity: TemporalIdentity; readonly now: Date },
): Promise<void> {
  await db.write((tx) =>
    changeRows(
      db,
      'UPDATE temporal_home SET seen_at = ? WHERE id = 1 AND cluster_id = ? AND namespace_id = ?',
      [now, identity.clusterId, identity.namespaceId],
      tx,
    ),
  )
}

/** Rows with unfinished work, whose workflows were in the other Temporal. */
const unfinished = (dialect: Database['dialect']): readonly string[] => [
  `inbound_messages SET workflow_started_at = NULL WHERE state = 'accepted'`,
  `outbound_messages SET ${releaseSql(dialect)} WHERE finished_at IS NULL`,
  `endpoints SET workflow_started_at = NULL WHERE workflow_started_at IS NOT NULL`,
  `vendor_accounts SET workflow_started_at = NULL WHERE workflow_started_at IS NOT NULL`,
  `recoveries SET workflow_started_at = NULL WHERE state = 'running'`,
  `firmware_releases SET workflow_started_at = NULL WHERE state IN ('fetching','parked')`,
  `upgrade_jobs SET workflow_started_at = NULL WHERE state IN ('prepared','offered','downloading','installed')`,
  `rollouts SET workflow_started_at = NULL WHERE state IN ('running','waiting','paused')`,
]

/**
 * Makes another Temporal this store's: unfinished work starts over there. Attempts stay unchanged: a send that may have
 * happened is not repeated.
 *
 * @returns whether it moved: false if someone else moved first, or a process has used the old one after `unseenSince`
 */
export async function moveTemporalHome(
  db: Database,
  options: {
    readonly from: TemporalIdentity
    readonly to: TemporalIdentity
    readonly now: Date
    readonly unseenSince: Date
  },
  tx: Transaction,
): Promise<boolean> {
  const { from, to, now, unseenSince } = options
  const changed = await countChanged(
    db,
    `UPDATE temporal_home SET cluster_id = ?, namespace_id = ?, namespace = ?, since = ?, seen_at = ?
     WHERE id = 1 AND cluster_id = ? AND namespace_id = ? AND seen_at <= ?`,
    [to.clusterId, to.namespaceId, to.namespace, now, now, from.clusterId, from.namespaceId, unseenSince],
    tx,
  )
  if (changed === 0) return false
  for (const rest of unfinished(db.dialect)) await changeRows(db, `UPDATE ${rest}`, [], tx)
  return true
}
