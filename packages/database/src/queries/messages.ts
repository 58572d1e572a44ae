import { Op, type Transaction, type WhereOptions } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import type { MessageState } from '@paikea/domain'
import { type Problem, readProblems } from '../problems.ts'
import { newestOfDevices } from './newest-of-devices.ts'
import { readSkippedRoutes, type SkippedRoute } from './processed.ts'
import { amongDevices, deviceIdsIn, ofDevicesIn, ofModem, reading } from './scope.ts'

/** A message of a modem, without its bytes. */
export interface InboundRow {
  readonly id: number
  readonly duplicateKey: string
  readonly format: string
  readonly imei: string | null
  readonly serial: string | null
  readonly momsn: number | null
  readonly transmitTime: Date | null
  readonly receivedAt: Date
  readonly state: MessageState
  readonly reasonCode: string | null
  readonly reasonDetail: string | null
  readonly packetType: string | null
  readonly copies: number
  readonly lastCopyAt: Date | null
  readonly decoded: unknown
  readonly modemId: number | null
  readonly deviceId: number | null
  readonly processedAt: Date | null
  readonly problems: readonly Problem[]
}

/** A message with everything that is known of it. */
export interface InboundDetailRow extends InboundRow {
  readonly verifiedBy: string
  readonly verificationNote: string | null
  readonly sourceAddress: string | null
  readonly contentType: string | null
  readonly rawBody: Buffer
  readonly payload: Buffer | null
  readonly iridiumLatitude: number | null
  readonly iridiumLongitude: number | null
  readonly iridiumCepKm: number | null
  readonly isIridiumReliable: boolean
  readonly sessionStatus: number | null
  readonly workflowId: string | null
  readonly workflowStartedAt: Date | null
  readonly skippedRoutes: readonly SkippedRoute[]
}

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
  return rows.map(toInboundRow)
}

/** One message with its bytes, if it may be seen. */
export async function findInbound(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number },
  tx?: Transaction,
): Promise<InboundDetailRow | null> {
  const where = { [Op.and]: [ofDevicesIn(args.scope), { id: args.id }] }
  const row = await db.models.InboundMessage.findOne({ where, ...reading(tx) })
  if (row === null) return null
  return {
    ...toInboundRow(row),
    verifiedBy: row.verifiedBy,
    verificationNote: row.verificationNote,
    sourceAddress: row.sourceAddress,
    contentType: row.contentType,
    rawBody: row.rawBody,
    payload: row.payload,
    iridiumLatitude: row.iridiumLatitude,
    iridiumLongitude: row.iridiumLongitude,
    iridiumCepKm: row.iridiumCepKm,
    isIridiumReliable: isReliable(row.iridiumReliable),
    sessionStatus: row.sessionStatus,
    workflowId: row.workflowId,
    workflowStartedAt: row.workflowStartedAt,
    skippedRoutes: readSkippedRoutes(row.skippedRoutes),
  }
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
  return rows.map(toInboundRow)
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

/** Nothing stored says nothing against the estimate. */
function isReliable(stored: boolean | null): boolean {
  return stored === null || Boolean(stored)
}

/** The row as the model reads it. */
type StoredColumns = Omit<InboundRow, 'problems'> & { readonly problems: unknown }

function toInboundRow(row: StoredColumns): InboundRow {
  return {
    id: row.id,
    duplicateKey: row.duplicateKey,
    format: row.format,
    imei: row.imei,
    serial: row.serial,
    momsn: row.momsn,
    transmitTime: row.transmitTime,
    receivedAt: row.receivedAt,
    state: row.state,
    reasonCode: row.reasonCode,
    reasonDetail: row.reasonDetail,
    packetType: row.packetType,
    copies: row.copies,
    lastCopyAt: row.lastCopyAt,
    decoded: row.decoded ?? null,
    modemId: row.modemId,
    deviceId: row.deviceId,
    processedAt: row.processedAt,
    problems: readProblems(row.problems),
  }
}
