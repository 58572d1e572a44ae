import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { expression, maybe } from '../sql/column.ts'
import { bigint, orNull } from '../sql/kinds.ts'
import { type Selected, selection } from '../sql/selection.ts'
import { DEVICES } from '../tables/devices.ts'
import { OUTBOUND_MESSAGES } from '../tables/outbound-messages.ts'
import { select } from './statement.ts'

const o = OUTBOUND_MESSAGES.as('o')
const STATUS = selection({
  id: o.id,
  state: o.state,
  /** When it reached this state, by the database's clock. */
  at: o.stateChangedAt,
  groupId: o.groupId,
  /** The group that owns the target modem, if another one. */
  targetGroupId: o.targetGroupId,
  imei: o.imei,
  serial: o.serial,
  reasonCode: o.reasonCode,
  vendorId: o.vendorId,
  /** Number of the latest attempt; `null`: none yet. */
  attempt: expression(orNull(bigint), '(SELECT MAX(t.number) FROM delivery_attempts t WHERE t.outbound_id = o.id)'),
  /** The device that has the target modem now. */
  iam: maybe(DEVICES.as('d').iam),
  /** The device whose message caused it. */
  sourceIam: maybe(DEVICES.as('s').iam),
})

/** A delivery's state, and whom it concerns. */
export type DeliveryStatus = Selected<typeof STATUS>

/**
 * States of deliveries, in order of their last change: of the given ones, and of those caused by the given messages.
 * For the service's own use: no scope.
 */
export async function listDeliveryStates(
  db: Database,
  args: { readonly ids: readonly number[]; readonly causeMessageIds?: readonly number[] },
  tx?: Transaction,
): Promise<readonly DeliveryStatus[]> {
  const { ids, causeMessageIds = [] } = args
  if (ids.length === 0 && causeMessageIds.length === 0) return []
  const sql = `FROM outbound_messages o LEFT JOIN devices s ON s.id = o.source_device_id
       LEFT JOIN modem_assignments a ON a.open_modem_id = o.modem_id LEFT JOIN devices d ON d.id = a.device_id
     WHERE o.id IN (?) OR o.cause_message_id IN (?) ORDER BY o.state_changed_at, o.id`
  return select(db, STATUS, { sql, values: [ids, causeMessageIds] }, tx)
}
