import { deleteSessionsOf } from '@paikea/database'
import { operation } from '../operation.ts'
import { refuseConflict, refuseUnknown } from '../refusal.ts'

/**
 * Ends sessions of the caller: one of them, or all but the present one.
 *
 * @throws Refusal `not-found`; `conflict` for a token
 */
export const endSessions = operation<{ readonly id: number } | { readonly exceptId: number | null }, number>(
  'session.ended-by-owner',
  async ({ db, tx, caller }, which) => {
    const userId = caller.ownerUserId
    if (userId === null) {
      throw 'id' in which ? refuseUnknown('session') : refuseConflict('no-account', 'A token has no sessions.')
    }
    const ended = await deleteSessionsOf(db, { userId, ...which }, tx)
    if ('id' in which && ended === 0) throw refuseUnknown('session')
    if (ended === 0) return { result: 0, subject: null }
    const after = { sessions: ended }
    return { result: ended, subject: `user/${String(userId)}`, groupId: null, before: null, after }
  },
)
