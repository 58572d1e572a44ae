import { dismissError as dismissRow, FAULTY_DELIVERY_STATES } from '@paikea/database'
import { requireRole, scopeOf } from '../caller.ts'
import { findMessageFor } from '../messages/accept-fix.ts'
import { readDelivery } from '../messages/find-delivery.ts'
import { operation, type Work } from '../operation.ts'
import { refuseConflict } from '../refusal.ts'

/** A message in quarantine or a delivery that failed, by its id. */
export interface ErrorSubject {
  readonly kind: 'message' | 'delivery'
  readonly id: number
}

/**
 * Dismisses an error: it is no longer listed, unless it occurs again. Its subject stays unchanged.
 *
 * @throws Refusal `not-found`, `forbidden`; `conflict` if there is no error
 */
export const dismissError = operation<ErrorSubject, void>('error.dismissed', async (work, subject) => {
  const { db, caller, tx } = work
  const { asOf, groupId, facts, name } = await look(work, subject)
  requireRole(caller, groupId, 'operator')
  await dismissRow(db, { kind: subject.kind, subjectId: subject.id, asOf, dismissedBy: caller.actor }, tx)
  return { result: undefined, subject: name, groupId, before: facts, after: { dismissed: true } }
})

async function look(work: Work, { kind, id }: ErrorSubject) {
  if (kind === 'message') {
    const { state, reasonCode, receivedAt, groupId } = await findMessageFor(work, id, scopeOf(work.caller))
    if (state !== 'quarantined') throw refuseConflict('wrong-state', 'The message is not in quarantine.')
    return { asOf: receivedAt, groupId, facts: { state, reasonCode }, name: `inbound/${String(id)}` }
  }
  const { state, reasonCode, stateChangedAt, groupId } = (await readDelivery(work, id)).row
  const isFaulty = FAULTY_DELIVERY_STATES.some((one) => one === state)
  if (!isFaulty) throw refuseConflict('wrong-state', `The message is ${state}: nothing is wrong with it.`)
  return { asOf: stateChangedAt, groupId, facts: { state, reasonCode }, name: `outbound/${String(id)}` }
}
