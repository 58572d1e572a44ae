import { operation } from '../operation.ts'
import { refuseConflict, refuseForbidden } from '../refusal.ts'

/**
 * Records that a system administrator had the webhook address shown, which contains a secret.
 *
 * @throws Refusal `forbidden`; `conflict` for a program
 */
export const noteAddressShown = operation<object, void>('webhook-address.shown', async ({ caller }) => {
  if (!caller.isSystemAdmin) throw refuseForbidden('This is for system administrators.')
  if (caller.ownerUserId === null) throw refuseConflict('no-account', 'This is for people, not for programs.')
  return { result: undefined, subject: 'webhook-address', groupId: null, before: null, after: null }
})
