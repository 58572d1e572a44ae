import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { when, where } from '../sql/where.ts'
import { changeRows, readNumber, selectRows } from './statement.ts'

/** Past messages that a route has not handled. */
export interface PastSelection {
  readonly groupId: number
  readonly routeId: number
  /** `null`: all devices of the group. */
  readonly deviceId: number | null
  /** By time of arrival, both inclusive. */
  readonly from: Date
  readonly to: Date
  readonly afterId: number
  readonly limit: number
}

/** Ids of messages that were processed without this route, oldest first. */
export async function listPastMessages(
  db: Database,
  args: PastSelection,
  tx?: Transaction,
): Promise<readonly number[]> {
  const { groupId, routeId, deviceId, from, to, afterId, limit } = args
  const found = where(
    { sql: `m.group_id = ? AND m.state = 'processed' AND m.id > ?`, values: [groupId, afterId] },
    when(deviceId, 'm.device_id = ?'),
    { sql: 'm.received_at BETWEEN ? AND ?', values: [from, to] },
    {
      sql: 'NOT EXISTS (SELECT 1 FROM outbound_messages o WHERE o.cause_message_id = m.id AND o.route_id = ?)',
      values: [routeId],
    },
  )
  const sql = `SELECT m.id FROM inbound_messages m ${found.sql} ORDER BY m.id LIMIT ?`
  return (await selectRows(db, sql, [...found.values, limit], tx)).map((row) => readNumber(row, 'inbound_messages.id'))
}

/** Marks an endpoint as having a backlog: its workflow drains it, in order and at a bounded rate. */
export function beginDrain(db: Database, args: { readonly endpointId: number }, tx: Transaction): Promise<void> {
  return changeRows(
    db,
    'UPDATE endpoints SET draining = ?, workflow_started_at = NULL WHERE id = ? AND deleted_at IS NULL',
    [true, args.endpointId],
    tx,
  )
}
