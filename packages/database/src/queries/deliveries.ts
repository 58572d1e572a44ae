import type { DeliveryState } from '@paikea/domain'
import type { Transaction } from 'sequelize'

import type { Database, GroupScope } from '../database.ts'
import { selection } from '../sql/selection.ts'
import { type Condition, when, where } from '../sql/where.ts'
import { type AttemptRow, DELIVERY_ATTEMPTS } from '../tables/delivery-attempts.ts'
import { type DeliveryRow, OUTBOUND_MESSAGES } from '../tables/outbound-messages.ts'
import { ofDeliveryGroups, ofGroups, ofImei } from './scope.ts'
import { select } from './statement.ts'

const DELIVERY = selection(OUTBOUND_MESSAGES.columns)
const ATTEMPT = selection(DELIVERY_ATTEMPTS.columns)

/** Which deliveries to list, and which part of them. */
interface DeliveryList {
  readonly scope: GroupScope
  readonly imei?: string | undefined
  readonly state?: DeliveryState | undefined
  readonly causeMessageId?: number | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  readonly limit: number
  readonly afterId: number | null
}

/** Visible deliveries, newest first: a group's own, and others' to its modems. */
export async function listDeliveries(
  db: Database,
  args: DeliveryList,
  tx?: Transaction,
): Promise<readonly DeliveryRow[]> {
  const { scope, limit } = args
  const own = await listBy(db, args, ofGroups(scope, 'group_id'), tx)
  if ('all' in scope) return own
  // Each half is a range of its own index; combined in one condition, everything would be sorted first.
  const toTheirs = await listBy(db, args, ofGroups(scope, 'target_group_id'), tx)
  if (toTheirs.length === 0) return own
  const byId = new Map([...own, ...toTheirs].map((row) => [row.id, row]))
  return [...byId.values()].sort((a, b) => b.id - a.id).slice(0, limit)
}

function listBy(
  db: Database,
  args: DeliveryList,
  inScope: Condition | null,
  tx: Transaction | undefined,
): Promise<readonly DeliveryRow[]> {
  const { imei, state, causeMessageId, from, to, limit, afterId } = args
  const found = where(
    inScope,
    ofImei(imei),
    when(state, 'state = ?'),
    when(causeMessageId, 'cause_message_id = ?'),
    when(from, 'created_at >= ?'),
    when(to, 'created_at <= ?'),
    when(afterId, 'id < ?'),
  )
  const sql = `FROM outbound_messages ${found.sql} ORDER BY outbound_messages.id DESC LIMIT ?`
  return select(db, DELIVERY, { sql, values: [...found.values, limit] }, tx)
}

/** One delivery with its attempts, oldest first, if visible. */
export async function findDelivery(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number },
  tx?: Transaction,
): Promise<(DeliveryRow & { readonly attempts: readonly AttemptRow[] }) | null> {
  const found = where({ sql: 'id = ?', values: [args.id] }, ofDeliveryGroups(args.scope))
  const [row] = await select(db, DELIVERY, { ...found, sql: `FROM outbound_messages ${found.sql}` }, tx)
  if (row === undefined) return null
  const ofDelivery = { sql: 'FROM delivery_attempts WHERE outbound_id = ? ORDER BY number', values: [args.id] }
  return { ...row, attempts: await select(db, ATTEMPT, ofDelivery, tx) }
}

/** Attempts of several deliveries, grouped by delivery and in order; only the latest if there are more than `limit`. */
export async function listAttempts(
  db: Database,
  args: { readonly outboundIds: readonly number[]; readonly limit: number },
  tx?: Transaction,
): Promise<ReadonlyMap<number, readonly AttemptRow[]>> {
  const byDelivery = new Map<number, AttemptRow[]>()
  if (args.outboundIds.length === 0) return byDelivery
  const sql = 'FROM delivery_attempts WHERE outbound_id IN (?) ORDER BY id DESC LIMIT ?'
  const rows = await select(db, ATTEMPT, { sql, values: [args.outboundIds, args.limit] }, tx)
  for (const row of rows.toReversed()) {
    byDelivery.set(row.outboundId, [...(byDelivery.get(row.outboundId) ?? []), row])
  }
  return byDelivery
}
