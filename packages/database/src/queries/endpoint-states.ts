import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { endpointHalts, giveWorkflows, type Halt } from './halts.ts'
import { agoSql, holderIsGone } from './processes.ts'
import { IS_FIRST, queueHeads } from './queue-heads.ts'
import { AHEAD_SECONDS, changeRows, isOldSql, readNumber, selectRows } from './statement.ts'

/** What a send has revealed about its endpoint. */
export interface EndpointNote {
  readonly endpointId: number
  readonly isFailing: boolean
  readonly at: Date
  /** Pauses it, if it is active. */
  readonly pause: Halt | null
}

/** Records what sends have revealed: that an endpoint fails since a time, has recovered, or is paused. */
export async function noteEndpoints(
  db: Database,
  args: { readonly notes: readonly EndpointNote[] },
  tx: Transaction,
): Promise<void> {
  // In the same order for all, to avoid deadlocks.
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
 * Makes abandoned direct deliveries eligible for workflows: those first in their queues, with a healthy endpoint, and
 * untouched since `before`. @returns their ids
 */
export async function rescueDirect(
  db: Database,
  args: { readonly before: Date; readonly limit: number },
): Promise<readonly number[]> {
  const { sql, values } = isOldSql('o.state_changed_at', args.before)
  return rescue(db, { which: `o.lane IN ('direct','held') AND ${sql}`, values, limit: args.limit })
}

/** Whoever takes over a delivery looks at it at once; one untouched for longer was abandoned by a dead process. */
const UNTOUCHED_SECONDS = 8

/** The same for deliveries that a dead process was sending, or was about to: the first of their queues, at once. */
export function rescueFromGone(db: Database, args: { readonly limit: number }): Promise<readonly number[]> {
  const { dialect } = db
  const which = `o.lane = 'direct' AND ((o.state = 'sending' AND EXISTS (${holderIsGone(dialect)}))
    OR (o.state = 'queued' AND o.state_changed_at NOT BETWEEN ${agoSql(dialect, UNTOUCHED_SECONDS)} AND ${agoSql(dialect, -AHEAD_SECONDS)}))`
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
