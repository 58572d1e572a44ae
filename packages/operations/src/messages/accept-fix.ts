import { acceptFix as acceptRow, findInbound, type GroupScope } from '@paikea/database'
import { requireRole, scopeOf } from '../caller.ts'
import { operation, type Work } from '../operation.ts'
import { refuseConflict, refuseUnknown } from '../refusal.ts'

/**
 * Accepts a message's position although it is too far from its neighbours.
 *
 * @throws Refusal `not-found`, `forbidden`; `conflict` if the position is not suspect
 */
export const acceptFix = operation<{ readonly id: number }, void>('report.accepted', async (work, { id }) => {
  const { db, caller, tx, now } = work
  const { groupId } = await findMessageFor(work, id, scopeOf(caller))
  requireRole(caller, groupId, 'operator')
  const isDone = await acceptRow(db, { messageId: id, acceptedBy: caller.actor, now }, tx)
  if (!isDone) throw refuseConflict('wrong-state', 'The message has no suspect position.')
  return {
    result: undefined,
    subject: `inbound/${String(id)}`,
    groupId,
    before: { quality: 'suspect' },
    after: { quality: 'good' },
  }
})

/** @throws Refusal `not-found` */
export async function findMessageFor({ db, tx }: Work, id: number, scope: GroupScope) {
  const message = await findInbound(db, { scope, id }, tx)
  if (message === null) throw refuseUnknown('message')
  return message
}
