import type { DeliveryState } from '@paikea/domain'
import { Op, type Transaction, type WhereOptions } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import { inGroups, ofModem, reading } from './scope.ts'

/** A message to a modem or another target, as it is shown to people. */
export interface DeliveryRow {
  readonly id: number
  readonly groupId: number | null
  readonly causeKind: 'route' | 'person'
  readonly causeMessageId: number | null
  readonly routeId: number | null
  readonly sourceDeviceId: number | null
  readonly targetKind: string
  readonly endpointId: number | null
  readonly generation: number
  readonly imei: string | null
  readonly serial: string | null
  readonly text: string | null
  readonly payload: Buffer
  readonly credits: number
  readonly state: DeliveryState
  readonly reasonCode: string | null
  readonly reasonDetail: string | null
  readonly vendorId: string | null
  readonly expiresAt: Date | null
  readonly createdAt: Date
  readonly sentAt: Date | null
  readonly finishedAt: Date | null
  readonly workflowId: string | null
}

/** One try to hand a delivery over. */
export interface AttemptRow {
  readonly number: number
  readonly startedAt: Date
  readonly finishedAt: Date | null
  readonly outcome: string | null
  readonly reasonCode: string | null
  readonly reasonDetail: string | null
  readonly vendorId: string | null
  readonly status: number | null
  readonly latencyMs: number | null
  readonly answer: string | null
}

/** Deliveries that may be seen, newest first. */
export async function listDeliveries(
  db: Database,
  args: {
    readonly scope: GroupScope
    readonly imei?: string | undefined
    readonly state?: DeliveryState | undefined
    readonly causeMessageId?: number | undefined
    readonly from?: Date | undefined
    readonly to?: Date | undefined
    readonly limit: number
    readonly afterId: number | null
  },
  tx?: Transaction,
): Promise<readonly DeliveryRow[]> {
  const { scope, imei, state, causeMessageId, from, to, limit, afterId } = args
  const conditions: WhereOptions[] = [
    inGroups(scope),
    ...(imei === undefined ? [] : [await ofModem(db, imei, tx)]),
    ...(state === undefined ? [] : [{ state }]),
    ...(causeMessageId === undefined ? [] : [{ causeMessageId }]),
    ...(from === undefined ? [] : [{ createdAt: { [Op.gte]: from } }]),
    ...(to === undefined ? [] : [{ createdAt: { [Op.lte]: to } }]),
    ...(afterId === null ? [] : [{ id: { [Op.lt]: afterId } }]),
  ]
  const rows = await db.models.OutboundMessage.findAll({
    where: { [Op.and]: conditions },
    order: [['id', 'DESC']],
    limit,
    ...reading(tx),
  })
  return rows.map(toDeliveryRow)
}

/** One delivery with its attempts, first one first, if it may be seen. */
export async function findDelivery(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number },
  tx?: Transaction,
): Promise<(DeliveryRow & { readonly attempts: readonly AttemptRow[] }) | null> {
  const where = { id: args.id, ...inGroups(args.scope) }
  const row = await db.models.OutboundMessage.findOne({ where, ...reading(tx) })
  if (row === null) return null
  const attempts = await db.models.DeliveryAttempt.findAll({
    where: { outboundId: args.id },
    order: [['number', 'ASC']],
    ...reading(tx),
  })
  return {
    ...toDeliveryRow(row),
    attempts: attempts.map((attempt) => attempt.get({ plain: true })),
  }
}

function toDeliveryRow(row: DeliveryRow): DeliveryRow {
  return {
    id: row.id,
    groupId: row.groupId,
    causeKind: row.causeKind,
    causeMessageId: row.causeMessageId,
    routeId: row.routeId,
    sourceDeviceId: row.sourceDeviceId,
    targetKind: row.targetKind,
    endpointId: row.endpointId,
    generation: row.generation,
    imei: row.imei,
    serial: row.serial,
    text: row.text,
    payload: row.payload,
    credits: row.credits,
    state: row.state,
    reasonCode: row.reasonCode,
    reasonDetail: row.reasonDetail,
    vendorId: row.vendorId,
    expiresAt: row.expiresAt,
    createdAt: row.createdAt,
    sentAt: row.sentAt,
    finishedAt: row.finishedAt,
    workflowId: row.workflowId,
  }
}
