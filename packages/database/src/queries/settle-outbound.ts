import type { Transaction } from 'sequelize'

import type { Database, GroupScope } from '../database.ts'
import { eventsOf, recordEvents } from './events.ts'
import { type OperatorOutcome, placeOfNow, withOperator } from './outbound.ts'
import { changeRows, nowSql, readNumber, selectRows } from './statement.ts'

/** Marks a delivery with an unknown outcome as arrived: it counts as sent when its last attempt began. */
export function settleAsArrived(
  db: Database,
  args: { readonly outboundId: number; readonly scope: GroupScope; readonly at: Date },
  tx: Transaction,
): Promise<OperatorOutcome> {
  return withOperator(db, args, { allowed: ['unknown'], tx }, (transaction) =>
    changeRows(
      db,
      `UPDATE outbound_messages SET state = 'sent', state_changed_at = ${nowSql(db.dialect)},
       reason_code = 'said-to-have-arrived', reason_detail = 'An operator says that it arrived.',
       sent_at = COALESCE((SELECT MAX(a.started_at) FROM delivery_attempts a WHERE a.outbound_id = outbound_messages.id), ?)
       WHERE id = ? AND state = 'unknown'`,
      [args.at, args.outboundId],
      transaction,
    ),
  )
}

/** The result of a resend. */
export type ResendOutcome =
  | Exclude<OperatorOutcome, { status: 'done' }>
  | { readonly status: 'done'; readonly outboundId: number }
  /** It was already sent again. */
  | { readonly status: 'resent'; readonly outboundId: number }
  | { readonly status: 'no-endpoint' }

/**
 * Creates a finished delivery anew: the same text to the same target, under a new id, behind what waits now. A
 * command's message is the new one from then on.
 */
export async function resendOutbound(
  db: Database,
  args: { readonly outboundId: number; readonly scope: GroupScope; readonly at: Date; readonly livesMs: number },
  tx: Transaction,
): Promise<ResendOutcome> {
  const { outboundId, at, livesMs } = args
  let result: ResendOutcome = { status: 'no-endpoint' }
  const allowed = ['sent', 'confirmed', 'unknown', 'failed', 'cancelled', 'expired'] as const
  const outcome = await withOperator(db, args, { allowed, tx }, async (transaction) => {
    const row = await db.models.OutboundMessage.findByPk(outboundId, { transaction, rejectOnEmpty: true })
    if (row.resentAs !== null) return void (result = { status: 'resent', outboundId: Number(row.resentAs) })
    const isGone = row.endpointId !== null && !(await isThere(db, row.endpointId, transaction))
    if (isGone || (row.endpointId === null && row.imei === null)) return
    const generation = 1 + (await newestGeneration(db, row, transaction))
    const place = await placeOfNow(db, transaction)
    const made = await db.models.OutboundMessage.create(
      {
        groupId: row.groupId,
        causeKind: row.causeKind,
        causeMessageId: row.causeMessageId,
        routeId: row.routeId,
        sourceDeviceId: row.sourceDeviceId,
        targetKind: row.targetKind,
        targetKey: row.targetKey,
        endpointId: row.endpointId,
        generation,
        modemId: row.modemId,
        imei: row.imei,
        serial: row.serial,
        text: row.text,
        payload: row.payload,
        credits: row.credits,
        createdAt: at,
        ...place,
        expiresAt: row.expiresAt === null ? null : new Date(at.getTime() + livesMs),
        resendOf: outboundId,
      },
      { transaction },
    )
    const id = Number(made.id)
    await changeRows(db, 'UPDATE outbound_messages SET resent_as = ? WHERE id = ?', [id, outboundId], transaction)
    await recordEvents(db, eventsOf('delivery', [id]), transaction)
    const ofCommand = `UPDATE commands SET outbound_id = ? WHERE outbound_id = ? AND state = 'open'`
    await changeRows(db, ofCommand, [id, outboundId], transaction)
    result = { status: 'done', outboundId: id }
  })
  return outcome.status === 'done' ? result : outcome
}

async function isThere(db: Database, endpointId: number, tx: Transaction): Promise<boolean> {
  return (await db.models.Endpoint.count({ where: { id: endpointId, deletedAt: null }, transaction: tx })) > 0
}

/** By message and route; a user's message counts generations along its chain of resends. */
async function newestGeneration(
  db: Database,
  row: { readonly causeMessageId: number | null; readonly routeId: number | null; readonly generation: number },
  tx: Transaction,
): Promise<number> {
  const { causeMessageId, routeId, generation } = row
  if (causeMessageId === null || routeId === null) return generation
  const sql = 'SELECT MAX(generation) AS newest FROM outbound_messages WHERE cause_message_id = ? AND route_id = ?'
  const [found] = await selectRows(db, sql, [causeMessageId, routeId], tx)
  return found === undefined ? generation : readNumber(found, 'outbound_messages.generation AS newest')
}
