import { revokeApiToken } from '@paikea/database'
import { scopeOf } from '../caller.ts'
import { operation } from '../operation.ts'
import { refuseUnknown } from '../refusal.ts'

/**
 * Revokes a token.
 *
 * @throws Refusal `not-found` if it is not in a group the caller administers
 */
export const revokeToken = operation<{ readonly id: number }, void>(
  'token.revoked',
  async ({ db, caller, tx, now }, { id }) => {
    const row = await revokeApiToken(db, { scope: scopeOf(caller, 'admin'), id, now }, tx)
    if (row === null) throw refuseUnknown('token')
    const { name, role, groupId, isSystemAdmin } = row
    const before = { name, role, groupId, isSystemAdmin }
    return { result: undefined, subject: `token/${String(id)}`, groupId, before, after: null }
  },
)
