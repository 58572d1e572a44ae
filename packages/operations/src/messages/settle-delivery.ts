import { resendOutbound, settleAsArrived } from '@paikea/database'
import { findTarget } from '@paikea/delivery'
import { requireRole, scopeOf } from '../caller.ts'
import { operation } from '../operation.ts'
import { refuseConflict, refuseUnknown } from '../refusal.ts'
import { requireAddressee } from '../routing/resolve-route.ts'
import { change } from './change-delivery.ts'
import { readDelivery, type FoundDelivery } from './find-delivery.ts'

/** What is sent again for money and waits longer than this is of no use any more. */
const RESEND_LIVES_MS = 24 * 3_600_000

/**
 * Marks a message with an unknown outcome as arrived.
 *
 * @throws Refusal `not-found`; `conflict` in another state
 */
export const arriveDelivery = change('outbound.arrived', ({ db, caller, tx, now }, id) =>
  settleAsArrived(db, { outboundId: id, scope: scopeOf(caller, 'operator'), at: now }, tx),
)

/**
 * Sends a message again that is done with: a new delivery with a new id, at the price that its `credits` say.
 *
 * @returns the new one
 * @throws Refusal `not-found`, `forbidden`; `invalid` if the modem is not the caller's to send to any more; `conflict`
 *   while it is under way, if it was sent again before, or its endpoint is gone
 */
export const resendDelivery = operation<{ readonly id: number }, FoundDelivery>(
  'outbound.resent',
  async (work, { id }) => {
    const { db, caller, tx, now } = work
    const { row } = await readDelivery(work, id)
    requireRole(caller, row.groupId, 'operator')
    const isProgram = findTarget(row.targetKind)?.triedBy === 'message'
    if (!isProgram) await requireAddressee(work, row, { imei: 'imei', serial: 'serial' })
    const wish = { outboundId: id, scope: scopeOf(caller, 'operator'), at: now, livesMs: RESEND_LIVES_MS }
    const outcome = await resendOutbound(db, wish, tx)
    switch (outcome.status) {
      case 'not-found':
        throw refuseUnknown('message')
      case 'refused':
        throw refuseConflict('wrong-state', `The message is ${outcome.state}: it is not finished yet.`)
      case 'resent':
        throw refuseConflict('already-resent', `It was already sent again, as message ${String(outcome.outboundId)}.`)
      case 'no-endpoint':
        throw refuseConflict('endpoint-gone', 'Its endpoint was deleted.')
      case 'done': {
        const result = await readDelivery(work, outcome.outboundId)
        const after = { resentAs: outcome.outboundId, credits: result.row.credits }
        const before = { state: row.state, reasonCode: row.reasonCode }
        return { result, subject: `outbound/${String(id)}`, groupId: row.groupId, before, after }
      }
    }
  },
)
