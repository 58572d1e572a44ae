import { Op, type Transaction, type WhereOptions } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import type { MessageState } from '@paikea/domain'
import type { InboundDetailRow, InboundRow } from '../tables/inbound-messages.ts'
import { newestOfDevices } from './newest-of-devices.ts'
import { amongDevices, deviceIdsIn, ofDevicesIn, ofModem, reading } from './scope.ts'

/** Filters of the list of messages; all that are given must hold. */
export interface InboundFilter {
  readonly imei?: string | undefined
  readonly state?: MessageState | undefined
  readonly deviceId?: number | undefined
  /** Both ends are included, by time of arrival. */
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

const HEAVY = ['rawBody', 'payload', 'skippedRoutes']

/** Messages that may be seen, the last one stored first. Those of no device are seen only by who sees all. */
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
  const deviceIds = await deviceIdsIn(db, { scope, deviceId }, tx)
  if (deviceIds !== null && imei === undefined) {
    const ids = await newestOfDevices(db, { deviceIds, filter: { state, from, to }, limit, afterId }, tx)
    return loadInbound(db, { where: { id: [...ids] } }, tx)
  }
  const conditions: WhereOptions[] = [
    ...(deviceIds === null ? [] : [amongDevices(deviceIds)]),
    ...(imei === undefined ? [] : [await ofModem(db, imei, tx)]),
    ...(state === undefined ? [] : [{ state }]),
    ...(deviceId === undefined ? [] : [{ deviceId }]),
    ...(from === undefined ? [] : [{ receivedAt: { [Op.gte]: from } }]),
    ...(to === undefined ? [] : [{ receivedAt: { [Op.lte]: to } }]),
    ...(afterId === null ? [] : [{ id: { [Op.lt]: afterId } }]),
  ]
  return loadInbound(db, { where: { [Op.and]: conditions }, limit }, tx)
}

async function loadInbound(
  db: Database,
  found: { readonly where: WhereOptions; readonly limit?: number },
  tx: Transaction | undefined,
): Promise<readonly InboundRow[]> {
  const rows = await db.models.InboundMessage.findAll({
    attributes: { exclude: HEAVY },
    ...found,
    order: [['id', 'DESC']],
    ...reading(tx),
  })
  return rows
}

/** One message with its bytes, if it may be seen. */
export async function findInbound(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number },
  tx?: Transaction,
): Promise<InboundDetailRow | null> {
  const where = { [Op.and]: [ofDevicesIn(args.scope), { id: args.id }] }
  return db.models.InboundMessage.findOne({ where, ...reading(tx) })
}

/** The highest id that is visible; 0 in an empty table. */
export async function highestInboundId(db: Database, _args: object = {}, tx?: Transaction): Promise<number> {
  const highest = await db.models.InboundMessage.max<number | null, InstanceType<typeof db.models.InboundMessage>>(
    'id',
    tx === undefined ? {} : { transaction: tx },
  )
  return highest ?? 0
}

/**
 * Ids after a given one, lowest first. Not a feed by itself: rows become visible in the order of commits, so the caller
 * asks again from a point well behind the last one it saw.
 */
export async function listInboundIdsAfter(
  db: Database,
  args: { readonly afterId: number; readonly limit: number },
  tx?: Transaction,
): Promise<readonly number[]> {
  const rows = await db.models.InboundMessage.findAll({
    attributes: ['id'],
    where: { id: { [Op.gt]: args.afterId } },
    order: [['id', 'ASC']],
    limit: args.limit,
    ...reading(tx),
  })
  return rows.map(({ id }) => id)
}

/** Messages by id, in no order. For the service's own use: no scope. */
export async function listInboundByIds(
  db: Database,
  args: { readonly ids: readonly number[] },
  tx?: Transaction,
): Promise<readonly InboundRow[]> {
  const rows = await db.models.InboundMessage.findAll({
    attributes: { exclude: HEAVY },
    where: { id: [...args.ids] },
    ...reading(tx),
  })
  return rows
}

/** Names and groups of devices by id, deleted ones too. For the service's own use: no scope. */
export async function findDeviceNames(
  db: Database,
  args: { readonly deviceIds: readonly number[] },
  tx?: Transaction,
): Promise<ReadonlyMap<number, { readonly iam: string; readonly groupId: number }>> {
  if (args.deviceIds.length === 0) return new Map()
  const rows = await db.models.Device.findAll({
    attributes: ['id', 'iam', 'groupId'],
    where: { id: [...new Set(args.deviceIds)] },
    ...reading(tx),
  })
  return new Map(rows.map(({ id, iam, groupId }) => [id, { iam, groupId }]))
}
