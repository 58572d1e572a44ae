import { accountHalts } from '@paikea/database'
import { hasRole } from '../caller.ts'
import { operation } from '../operation.ts'
import { refuseConflict, refuseForbidden, refuseUnknown } from '../refusal.ts'
import { findTarget } from '@paikea/delivery'

/**
 * Resumes the account for a target kind; deliveries that wait for it continue. Open to operators of any group, since
 * all groups share it.
 *
 * @throws Refusal `not-found`, `forbidden`; `conflict` if it is not parked
 */
export const resumeVendorAccount = operation<{ readonly kind: string }, void>(
  'account.resumed',
  async (work, { kind }) => {
    const { db, caller, tx } = work
    if (findTarget(kind)?.account === undefined) throw refuseUnknown('account')
    const isOperator = [...caller.roles.keys()].some((groupId) => hasRole(caller, groupId, 'operator'))
    if (!caller.isSystemAdmin && !isOperator) throw refuseForbidden('This needs the role "operator" in a group.')
    const before = await accountHalts.find(db, kind, tx)
    if (!(await accountHalts.resume(db, kind, tx))) {
      throw refuseConflict('wrong-state', 'The account is active: there is nothing to resume.')
    }
    const facts = { state: before?.state, reasonCode: before?.reasonCode }
    return { result: undefined, subject: `account/${kind}`, groupId: null, before: facts, after: { state: 'active' } }
  },
)
