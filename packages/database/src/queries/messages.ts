import type { Transaction } from 'sequelize'

import type { Database, GroupScope } from '../database.ts'
import { expression } from '../sql/column.ts'
import { bigint, orNull } from '../sql/kinds.ts'
import { selection } from '../sql/selection.ts'
import { type Condition, when, where } from '../sql/where.ts'
import { DEVICES } from '../tables/devices.ts'
import { INBOUND_MESSAGES, type InboundDetailRow, type InboundRow } from '../tables/inbound-messages.ts'
import { type InboundFilter, newestOfGroups, ofUnrouted } from './newest-of-groups.ts'
import { ofGroups, ofImei } from './scope.ts'
import { select } from './statement.ts'

export type { InboundFilter }

const { createdAt: _createdAt, ...DETAILS } = INBOUND_MESSAGES.columns
const DETAIL = selection(DETAILS)
const { rawBody: _rawBody, payload: _payload, skippedRoutes: _skippedRoutes, ...LISTED } = DETAILS
const LISTED_MESSAGE = selection(LISTED)
const ID = selection({ id: DETAILS.id })
const HIGHEST = selection({ id: expression(orNull(bigint), 'MAX(id)') })
const { id, iam, groupId } = DEVICES.columns
const DEVICE_NAME = selection({ id, iam, groupId })

/** Visible messages, last stored first. Messages without a device are visible only to callers who see all groups. */
export async function listInbound(
  db: Database,
  args: {
    readonly scope: GroupScope
    readonly filter: InboundFilter
    readonly limit: number
    readonly afterId: number | null
  },
  tx?: Transaction,
): Promise<readonly InboundRow[]> {
  const { scope, filter, limit, afterId } = args
  const { imei, state, deviceId, from, to } = filter
  if (!('all' in scope) && imei === undefined && deviceId === undefined) {
    const ids = await newestOfGroups(db, { ...args, groupIds: scope.groupIds }, tx)
    return loadInbound(db, { found: where({ sql: 'id IN (?)', values: [ids] }), limit }, tx)
  }
  const found = where(
    // For one modem or device use its own index: MariaDB would rather read and sort all that the group ever sent.
    ofGroups(scope, 'COALESCE(group_id, 0)'),
    ofImei(imei),
    when(deviceId, 'device_id = ?'),
    when(state, 'state = ?'),
    when(from, 'received_at >= ?'),
    when(to, 'received_at <= ?'),
    when(afterId, 'id < ?'),
    ofUnrouted(filter),
  )
  return loadInbound(db, { found, limit }, tx)
}

async function loadInbound(
  db: Database,
  { found, limit }: { readonly found: Condition; readonly limit: number },
  tx: Transaction | undefined,
): Promise<readonly InboundRow[]> {
  const sql = `FROM inbound_messages ${found.sql} ORDER BY inbound_messages.id DESC LIMIT ?`
  return select(db, LISTED_MESSAGE, { sql, values: [...found.values, limit] }, tx)
}

/** One message with its bytes, if visible. */
export async function findInbound(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number },
  tx?: Transaction,
): Promise<InboundDetailRow | null> {
  const found = where({ sql: 'id = ?', values: [args.id] }, ofGroups(args.scope, 'group_id'))
  const [row] = await select(db, DETAIL, { sql: `FROM inbound_messages ${found.sql}`, values: found.values }, tx)
  return row ?? null
}

/** The highest id that is visible; 0 in an empty table. */
export async function highestInboundId(db: Database, _args: object = {}, tx?: Transaction): Promise<number> {
  const [row] = await select(db, HIGHEST, { sql: 'FROM inbound_messages', values: [] }, tx)
  return row?.id ?? 0
}

/**
 * Ids after a given one, lowest first. Not a feed on its own: rows become visible in commit order, so callers have to
 * ask again from a point well behind the last one seen.
 */
export async function listInboundIdsAfter(
  db: Database,
  args: { readonly afterId: number; readonly limit: number },
  tx?: Transaction,
): Promise<readonly number[]> {
  const after = { sql: 'FROM inbound_messages WHERE id > ? ORDER BY id LIMIT ?', values: [args.afterId, args.limit] }
  return (await select(db, ID, after, tx)).map(({ id }) => id)
}

/** Those of these messages that are visible by now. */
export async function listInboundIdsAmong(
  db: Database,
  args: { readonly ids: readonly number[] },
): Promise<readonly number[]> {
  const among = { sql: 'FROM inbound_messages WHERE id IN (?) ORDER BY id', values: [args.ids] }
  return (await select(db, ID, among)).map(({ id }) => id)
}

/** Messages by id, in no order. For the service's own use: no scope. */
export function listInboundByIds(
  db: Database,
  args: { readonly ids: readonly number[] },
  tx?: Transaction,
): Promise<readonly InboundRow[]> {
  return select(db, LISTED_MESSAGE, { sql: 'FROM inbound_messages WHERE id IN (?)', values: [args.ids] }, tx)
}

/** Names and groups of devices by id, including deleted ones. For the service's own use: no scope. */
export async function findDeviceNames(
  db: Database,
  args: { readonly deviceIds: readonly number[] },
  tx?: Transaction,
): Promise<ReadonlyMap<number, { readonly iam: string; readonly groupId: number }>> {
  if (args.deviceIds.length === 0) return new Map()
  const named = { sql: 'FROM devices WHERE id IN (?)', values: [[...new Set(args.deviceIds)]] }
  const rows = await select(db, DEVICE_NAME, named, tx)
  return new Map(rows.map(({ id, iam, groupId }) => [id, { iam, groupId }]))
}
