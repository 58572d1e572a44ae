import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import type { DeliveryState } from '@paikea/domain'
import { readNumber, readNumberOrNull, readText, readTextOrNull, readTime, selectRows } from './statement.ts'

/** That a delivery came to a state. */
export interface DeliveryChange {
  readonly id: number
  readonly state: DeliveryState
  /** By the database's clock. */
  readonly at: Date
}

/** A delivery's state, and who has to do with it. */
export interface DeliveryStatus extends DeliveryChange {
  readonly groupId: number | null
  readonly imei: string | null
  readonly serial: string | null
  readonly reasonCode: string | null
  readonly vendorId: string | null
  /** Number of the latest attempt; `null` = none yet. */
  readonly attempt: number | null
  /** Of the device that holds the target modem now. */
  readonly iam: string | null
  /** Of the device whose message caused it. */
  readonly sourceIam: string | null
}

/**
 * Deliveries that were made or changed their state within the last so many milliseconds, the latest first; of each only
 * its last change. Time goes by the database's clock for all processes. Not a feed by itself: changes become visible in
 * the order of commits, so the caller looks back further than to its last look.
 */
export async function listDeliveryChanges(
  db: Database,
  args: { readonly lookBackMs: number; readonly limit: number },
  tx?: Transaction,
): Promise<readonly DeliveryChange[]> {
  const ms = Math.max(0, Math.round(args.lookBackMs))
  const [since, value] =
    db.dialect === 'mysql'
      ? ['UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND', ms * 1000]
      : [`strftime('%Y-%m-%d %H:%M:%f +00:00', 'now', ?)`, `-${(ms / 1000).toFixed(3)} seconds`]
  const rows = await selectRows(
    db,
    `SELECT id, state, state_changed_at FROM outbound_messages WHERE state_changed_at >= ${since}
     ORDER BY state_changed_at DESC LIMIT ?`,
    [value, args.limit],
    tx,
  )
  return rows.map(toChange)
}

/** States of deliveries by id, in the order of their last changes. For the service's own use: no scope. */
export async function listDeliveryStates(
  db: Database,
  args: { readonly ids: readonly number[] },
  tx?: Transaction,
): Promise<readonly DeliveryStatus[]> {
  if (args.ids.length === 0) return []
  const rows = await selectRows(
    db,
    `SELECT o.id, o.group_id, o.imei, o.serial, o.state, o.state_changed_at, o.reason_code, o.vendor_id,
       d.iam, s.iam AS source_iam,
       (SELECT MAX(t.number) FROM delivery_attempts t WHERE t.outbound_id = o.id) AS attempt
     FROM outbound_messages o LEFT JOIN devices s ON s.id = o.source_device_id
       LEFT JOIN modem_assignments a ON a.open_modem_id = o.modem_id LEFT JOIN devices d ON d.id = a.device_id
     WHERE o.id IN (?) ORDER BY o.state_changed_at, o.id`,
    [[...args.ids]],
    tx,
  )
  return rows.map((row) => ({
    ...toChange(row),
    groupId: readNumberOrNull(row['group_id']),
    imei: readTextOrNull(row['imei']),
    serial: readTextOrNull(row['serial']),
    reasonCode: readTextOrNull(row['reason_code']),
    vendorId: readTextOrNull(row['vendor_id']),
    attempt: readNumberOrNull(row['attempt']),
    iam: readTextOrNull(row['iam']),
    sourceIam: readTextOrNull(row['source_iam']),
  }))
}

function toChange(row: Readonly<Record<string, unknown>>): DeliveryChange {
  return {
    id: readNumber(row['id']),
    // Written by this package's own statements only.
    state: readText(row['state']) as DeliveryState,
    at: readTime(row['state_changed_at']) ?? new Date(0),
  }
}
