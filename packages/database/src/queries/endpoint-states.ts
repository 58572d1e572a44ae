import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import type { EndpointState } from '../tables/endpoints.ts'
import type { SweepArgs } from './dispatch.ts'
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

/** Why an endpoint is paused, and when somebody next tries whether it is back; `null` = an operator has to resume it. */
export interface EndpointPause {
  readonly reasonCode: string
  readonly reasonDetail: string
  readonly probeAt: Date | null
}

/** What a send has shown of its endpoint. */
export interface EndpointNote {
  readonly endpointId: number
  readonly isFailing: boolean
  readonly at: Date
  /** Pauses it, if it is active. */
  readonly pause: EndpointPause | null
}

/** Notes what sends have shown: since when an endpoint fails, that it does no more, that it is paused. */
export async function noteEndpoints(
  db: Database,
  args: { readonly notes: readonly EndpointNote[] },
  tx: Transaction,
): Promise<void> {
  // In one order for all, so that two processes do not wait for each other.
  for (const note of args.notes.toSorted((one, other) => one.endpointId - other.endpointId)) {
    const { endpointId, isFailing, at, pause } = note
    const sql = isFailing
      ? 'UPDATE endpoints SET failing_since = COALESCE(failing_since, ?) WHERE id = ?'
      : 'UPDATE endpoints SET failing_since = NULL WHERE id = ?'
    await changeRows(db, sql, isFailing ? [at, endpointId] : [endpointId], tx)
    if (pause !== null) await pauseEndpoint(db, { endpointId, ...pause }, tx)
  }
}

/** Pauses an endpoint that is active: its deliveries wait as rows. Answers whether it was. */
export async function pauseEndpoint(
  db: Database,
  args: EndpointPause & { readonly endpointId: number },
  tx: Transaction,
): Promise<boolean> {
  const { endpointId, reasonCode, reasonDetail, probeAt } = args
  const changed = await countChanged(
    db,
    `UPDATE endpoints SET state = 'paused', reason_code = ?, reason_detail = ?, state_changed_at = ${nowSql(db.dialect)},
     probe_at = ?, draining = ?, workflow_started_at = NULL WHERE id = ? AND state = 'active'`,
    [reasonCode, reasonDetail.slice(0, 500), probeAt, true, endpointId],
    tx,
  )
  return changed > 0
}

/** Lets an endpoint take deliveries again; those that wait behind it go first. */
export async function resumeEndpoint(
  db: Database,
  args: { readonly endpointId: number },
  tx: Transaction,
): Promise<void> {
  await changeRows(
    db,
    `UPDATE endpoints SET state = 'active', reason_code = NULL, reason_detail = NULL, failing_since = NULL, probe_at = NULL,
     state_changed_at = ${nowSql(db.dialect)}, draining = ?, workflow_started_at = NULL WHERE id = ?`,
    [true, args.endpointId],
    tx,
  )
}

/** An endpoint as its workflow sees it. */
export interface ProbedEndpoint {
  readonly id: number
  readonly kind: string
  readonly state: EndpointState
  readonly stateChangedAt: Date
  /** `null` = nobody but an operator resumes it. */
  readonly probeAt: Date | null
  readonly draining: boolean
}

/** An endpoint that is paused or has a backlog; `null` where it was deleted. */
export async function loadProbedEndpoint(
  db: Database,
  args: { readonly endpointId: number },
): Promise<ProbedEndpoint | null> {
  const [row] = await selectRows(
    db,
    `SELECT id, kind, state, state_changed_at, probe_at, draining FROM endpoints WHERE id = ? AND deleted_at IS NULL`,
    [args.endpointId],
  )
  if (row === undefined) return null
  return {
    id: readNumber(row, 'endpoints.id'),
    kind: readText(row, 'endpoints.kind'),
    // Written by this package's own statements only.
    state: readText(row, 'endpoints.state') as EndpointState,
    stateChangedAt: readTime(row, 'endpoints.state_changed_at'),
    probeAt: readTimeOrNull(row, 'endpoints.probe_at'),
    draining: readFlag(row, 'endpoints.draining'),
  }
}

/** Says when an endpoint that is still paused is tried next. */
export function setProbeTime(
  db: Database,
  args: { readonly endpointId: number; readonly probeAt: Date },
): Promise<void> {
  return db.write((tx) =>
    changeRows(
      db,
      `UPDATE endpoints SET probe_at = ? WHERE id = ? AND state = 'paused'`,
      [args.probeAt, args.endpointId],
      tx,
    ),
  )
}

/** Deliveries that wait behind an endpoint and are the first of their queues, oldest first. */
export async function listEndpointHeads(
  db: Database,
  args: { readonly endpointId: number; readonly limit: number },
): Promise<readonly number[]> {
  const rows = await selectRows(
    db,
    `SELECT o.id FROM ${queueHeads('endpoint')} WHERE o.endpoint_id = ? AND o.lane = 'direct'
     AND ${IS_FIRST} ORDER BY o.order_key, o.id LIMIT ?`,
    [args.endpointId, args.endpointId, args.limit],
  )
  return rows.map((row) => readNumber(row, 'outbound_messages.id'))
}

/** Gives deliveries that were held back their workflows again, oldest first; answers how many. */
export async function releaseHeld(
  db: Database,
  args: { readonly endpointId: number; readonly limit: number },
): Promise<number> {
  const rows = await selectRows(
    db,
    `SELECT id FROM outbound_messages WHERE endpoint_id = ? AND finished_at IS NULL AND lane = 'held'
     ORDER BY order_key, id LIMIT ?`,
    [args.endpointId, args.limit],
  )
  return giveWorkflows(db, rows)
}

/** Gives deliveries that wait as rows their workflows again; answers how many. */
export async function giveWorkflows(db: Database, held: readonly RawRow[]): Promise<number> {
  const ids = held.map((row) => readNumber(row, 'outbound_messages.id'))
  if (ids.length === 0) return 0
  const sql = `UPDATE outbound_messages SET lane = 'workflow', workflow_started_at = NULL WHERE id IN (?) AND lane = 'held'`
  await db.write((tx) => changeRows(db, sql, [ids], tx))
  return ids.length
}

/** Ends the work on an endpoint: nothing waits behind it, or nobody but an operator can go on. */
export function endEndpointWork(
  db: Database,
  args: { readonly endpointId: number; readonly isDrained: boolean },
): Promise<void> {
  const { endpointId, isDrained } = args
  return db.write((tx) =>
    isDrained
      ? changeRows(
          db,
          `UPDATE endpoints SET draining = ?, workflow_started_at = NULL WHERE id = ? AND state = 'active'`,
          [false, endpointId],
          tx,
        )
      : changeRows(db, 'UPDATE endpoints SET workflow_started_at = NULL WHERE id = ?', [endpointId], tx),
  )
}

/** An endpoint whose workflow is to be started: it is paused and probed, or has a backlog. */
export interface UndispatchedEndpoint {
  readonly endpointId: number
  readonly kind: string
  readonly label: string | null
}

/** Endpoints to start workflows for. */
export async function listUndispatchedEndpoints(
  db: Database,
  args: Pick<SweepArgs, 'limit' | 'startedBefore'>,
): Promise<UndispatchedEndpoint[]> {
  const started = args.startedBefore === null ? 'workflow_started_at IS NULL' : 'workflow_started_at < ?'
  const rows = await selectRows(
    db,
    `SELECT id, kind, label FROM endpoints WHERE draining = ? AND deleted_at IS NULL
     AND (state = 'active' OR probe_at IS NOT NULL) AND ${started} ORDER BY id LIMIT ?`,
    [true, ...(args.startedBefore === null ? [] : [args.startedBefore]), args.limit],
  )
  return rows.map((row) => ({
    endpointId: readNumber(row, 'endpoints.id'),
    kind: readText(row, 'endpoints.kind'),
    label: readTextOrNull(row, 'endpoints.label'),
  }))
}

/**
 * Gives deliveries workflows of their own that whoever was to send them has left: they are the first of their queues, their
 * endpoints are well, and nothing has happened to them since `before`. Answers their ids.
 */
export async function rescueDirect(
  db: Database,
  args: { readonly before: Date; readonly limit: number },
): Promise<readonly number[]> {
  const rows = await selectRows(
    db,
    `SELECT o.id FROM ${queueHeads('all')} JOIN endpoints p ON p.id = o.endpoint_id
     WHERE p.state = 'active' AND p.draining = ? AND o.lane IN ('direct','held') AND o.state_changed_at < ?
     AND NOT EXISTS (SELECT 1 FROM vendor_accounts v WHERE v.kind = o.target_kind AND (v.state <> 'active' OR v.draining = ?))
     AND ${IS_FIRST} ORDER BY o.id LIMIT ?`,
    [false, args.before, true, args.limit],
  )
  const ids = rows.map((row) => readNumber(row, 'outbound_messages.id'))
  if (ids.length === 0) return []
  await db.write((tx) =>
    changeRows(
      db,
      `UPDATE outbound_messages SET lane = 'workflow', workflow_started_at = NULL
       WHERE id IN (?) AND lane IN ('direct','held') AND finished_at IS NULL`,
      [ids],
      tx,
    ),
  )
  return ids
}
