import { OPEN_DELIVERY_STATES } from '@paikea/domain'

import type { Database } from '../database.ts'
import { readNumber, readText, readTimeOrNull, selectRows } from './statement.ts'

/** Present counts by state; each uses an index. */
export interface StateCounts {
  /** Deliveries that are not finished. */
  readonly deliveries: ReadonlyMap<string, number>
  /** Open alerts, by kind. */
  readonly alerts: ReadonlyMap<string, number>
  /** Age of the oldest waiting message and delivery, in seconds. */
  readonly waiting: ReadonlyMap<string, number>
  /** Approved devices, by time since they were last heard. */
  readonly devices: ReadonlyMap<string, number>
}

const HOUR_MS = 3_600_000

/** Counts open items. */
export async function countStates(db: Database, { now }: { readonly now: Date }): Promise<StateCounts> {
  const hour = new Date(now.getTime() - HOUR_MS)
  const day = new Date(now.getTime() - 24 * HOUR_MS)
  const [deliveries, alerts, inbound, outbound, devices] = await Promise.all([
    selectRows(
      db,
      'SELECT state AS name, COUNT(*) AS amount FROM outbound_messages WHERE state IN (?) GROUP BY state',
      [OPEN_DELIVERY_STATES],
    ),
    selectRows(db, "SELECT kind AS name, COUNT(*) AS amount FROM alerts WHERE open_key > '' GROUP BY kind", []),
    selectRows(
      db,
      "SELECT received_at AS since FROM inbound_messages WHERE state = 'accepted' ORDER BY id ASC LIMIT 1",
      [],
    ),
    selectRows(db, 'SELECT MIN(created_at) AS since FROM outbound_messages WHERE state IN (?)', [OPEN_DELIVERY_STATES]),
    selectRows(
      db,
      `SELECT CASE WHEN s.heard_at IS NULL THEN 'never' WHEN s.heard_at >= ? THEN 'within_hour'
         WHEN s.heard_at >= ? THEN 'within_day' ELSE 'longer_ago' END AS name, COUNT(*) AS amount
       FROM devices d LEFT JOIN device_states s ON s.device_id = d.id
       WHERE d.deleted_at IS NULL AND d.approved = 1 GROUP BY 1`,
      [hour, day],
    ),
  ])
  const ageOf = (rows: typeof inbound): number => {
    const [first] = rows
    const since = first === undefined ? null : readTimeOrNull(first, 'since')
    return since === null ? 0 : Math.max(0, (now.getTime() - since.getTime()) / 1000)
  }
  return {
    deliveries: new Map([...OPEN_DELIVERY_STATES.map((state) => [state, 0] as const), ...toCounts(deliveries)]),
    alerts: toCounts(alerts),
    waiting: new Map([
      ['message', ageOf(inbound)],
      ['delivery', ageOf(outbound)],
    ]),
    devices: toCounts(devices),
  }
}

function toCounts(rows: readonly Readonly<Record<string, unknown>>[]): ReadonlyMap<string, number> {
  return new Map(rows.map((row) => [readText(row, 'name'), readNumber(row, 'amount')]))
}
