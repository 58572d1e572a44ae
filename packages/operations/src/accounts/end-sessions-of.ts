import { deleteSessionsOf, findUser } from '@paikea/database'
import { scopeOf } from '../caller.ts'
import { operation } from '../operation.ts'
import { refuseForbidden, refuseUnknown } from '../refusal.ts'

/**
 * Logs a user out everywhere.
 *
 * @returns how many sessions ended
 * @throws Refusal `forbidden`, `not-found`
 */
export const endSessionsOf = operation<{ readonly id: number }, number>(
  'session.ended-by-administrator',
  async ({ db, tx, caller }, { id }) => {
    if ((await findUser(db, { scope: scopeOf(caller, 'admin'), id }, tx)) === null) throw refuseUnknown('account')
    if (!caller.isSystemAdmin) throw refuseForbidden('Only a system administrator may log others out.')
    const ended = await deleteSessionsOf(db, { userId: id, exceptId: null }, tx)
    const after = { sessions: ended }
    return { result: ended, subject: `user/${String(id)}`, groupId: null, before: null, after }
  },
)
