import { cancelOutbound, resumeAccountsOf, resumeOutbound, type OperatorOutcome } from '@paikea/database'
import { scopeOf } from '../caller.ts'
import { operation, type Work } from '../operation.ts'
import { refuseConflict, refuseUnknown } from '../refusal.ts'
import { readDelivery, type FoundDelivery } from './find-delivery.ts'

/**
 * Resumes a parked message, and the account that it waits for.
 *
 * @throws Refusal `not-found`; `conflict` in another state
 */
export const resumeDelivery = change('outbound.resumed', async ({ db, caller, tx }, id) => {
  const scope = scopeOf(caller, 'operator')
  const outcome = await resumeOutbound(db, { outboundId: id, scope }, tx)
  const isResumed = (await resumeAccountsOf(db, { scope, ids: [id] }, tx)) > 0
  return isResumed && outcome.status === 'refused' ? { status: 'done' } : outcome
})

/**
 * Cancels a message that has not been sent yet.
 *
 * @throws Refusal `not-found`; `conflict` once it has been sent
 */
export const cancelDelivery = change('outbound.cancelled', ({ db, caller, tx, now }, id) =>
  cancelOutbound(db, { outboundId: id, scope: scopeOf(caller, 'operator'), at: now }, tx),
)

/** Creates an operation on one outbound message, which its state allows or refuses. */
export function change(action: string, wish: (work: Work, id: number) => Promise<OperatorOutcome>) {
  return operation<{ readonly id: number }, FoundDelivery>(action, async (work, { id }) => {
    const before = await readDelivery(work, id)
    settle(await wish(work, id))
    const result = await readDelivery(work, id)
    const { groupId } = result.row
    return { result, subject: `outbound/${String(id)}`, groupId, before: factsOf(before), after: factsOf(result) }
  })
}

function settle(outcome: OperatorOutcome): void {
  if (outcome.status === 'not-found') throw refuseUnknown('message')
  if (outcome.status === 'refused') {
    throw refuseConflict('wrong-state', `The message is ${outcome.state}, which does not allow this.`)
  }
}

function factsOf({ row }: FoundDelivery) {
  return { state: row.state, reasonCode: row.reasonCode }
}
