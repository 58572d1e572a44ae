import { acknowledgeAlert as storeAcknowledgement, findAlert } from '@paikea/database'
import { requireRole, scopeOf } from '../caller.ts'
import { operation } from '../operation.ts'
import { refuseUnknown } from '../refusal.ts'

/**
 * Acknowledges an alert; the first acknowledgement counts.
 *
 * @throws Refusal `not-found`, `forbidden`
 */
export const acknowledgeAlert = operation<{ readonly id: number }, void>(
  'alert.acknowledged',
  async ({ db, caller, tx, now }, { id }) => {
    const alert = await findAlert(db, { scope: scopeOf(caller), id }, tx)
    if (alert === null) throw refuseUnknown('alert')
    // An alert that concerns all groups may be acknowledged by a technician of any.
    if (alert.groupId !== null) requireRole(caller, alert.groupId, 'technician')
    if (alert.acknowledgedAt !== null) return { result: undefined, subject: null }
    await storeAcknowledgement(db, { id, by: caller.actor, now }, tx)
    const facts = { kind: alert.kind, summary: alert.summary }
    const { groupId } = alert
    return { result: undefined, subject: `alert/${String(id)}`, groupId, before: null, after: facts }
  },
)
