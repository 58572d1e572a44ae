import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { endpointHalts, giveWorkflows, type Halt } from './halts.ts'
import { agoSql, holderIsGone } from './processes.ts'
import { IS_FIRST, queueHeads } from './queue-heads.ts'
import { changeRows, readNumber, selectRows } from './statement.ts'

/** What a send has shown of its endpoint. */
export interface EndpointNote {
  readonly endpointId: number
  readonly isFailing: boolean
  readonly at: Date
  /** Pauses it, if it is active. */
  readonly pause: Halt | null
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
    if (pause !== null) await endpointHalts.halt(db, endpointId, pause, tx)
  }
}

/**
 * Gives deliveries workflows of their own that whoever was to send them has left: they are the first of their queues, their
 * endpoints are well, and nothing has happened to them since `before`. Answers their ids.
 */
export async function rescueDirect(
  db: Database,
  args: { readonly before: Date; readonly limit: number },
): Promise<readonly number[]> {
  const which = `o.lane IN ('direct','held') AND o.state_changed_at < ?`
  return rescue(db, { which, values: [args.before], limit: args.limit })
}

/** Whoever goes on with a delivery looks at it at once; one that lies for longer was left, where a process is gone. */
const UNTOUCHED_SECONDS = 8

/** The same for what a process that is gone had in hand, or was about to send: the first of their queues, at once. */
export function rescueFromGone(db: Database, args: { readonly limit: number }): Promise<readonly number[]> {
  const { dialect } = db
  const which = `o.lane = 'direct' AND ((o.state = 'sending' AND EXISTS (${holderIsGone(dialect)}))
    OR (o.state = 'queued' AND o.state_changed_at < ${agoSql(dialect, UNTOUCHED_SECONDS)}))`
  return rescue(db, { which, values: [], limit: args.limit })
}

async function rescue(
  db: Database,
  args: { readonly which: string; readonly values: readonly unknown[]; readonly limit: number },
): Promise<readonly number[]> {
  const rows = await selectRows(
    db,
    `SELECT o.id FROM ${queueHeads(db, 'all')} JOIN endpoints p ON p.id = o.endpoint_id
     WHERE p.state = 'active' AND p.draining = ? AND ${args.which}
     AND NOT EXISTS (SELECT 1 FROM vendor_accounts v WHERE v.kind = o.target_kind AND (v.state <> 'active' OR v.draining = ?))
     AND ${IS_FIRST} ORDER BY o.id LIMIT ?`,
    [false, ...args.values, true, args.limit],
  )
  const ids = rows.map((row) => readNumber(row, 'outbound_messages.id'))
  await giveWorkflows(db, ids, `'direct','held'`)
  return ids
}
