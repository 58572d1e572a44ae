import { requireRole, scopeOf } from '../caller.ts'
import { operation } from '../operation.ts'
import { findMessageFor } from './accept-fix.ts'

/**
 * Records that a stored message is about to be decoded again.
 *
 * @param input `fields`: what changes
 * @throws Refusal `not-found`, `forbidden`
 */
export const noteReplay = operation<
  { readonly id: number; readonly isReleased: boolean; readonly fields: readonly string[] },
  void
>('inbound.replayed', async (work, { id, isReleased, fields }) => {
  const { caller } = work
  const { groupId, state } = await findMessageFor(work, id, scopeOf(caller))
  requireRole(caller, groupId, 'operator')
  const after = { fields, ...(isReleased ? { isReleased } : {}) }
  return { result: undefined, subject: `inbound/${String(id)}`, groupId, before: { state }, after }
})
