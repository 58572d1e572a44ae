import { randomBytes } from 'node:crypto'
import { type Caller, hasRole } from '../caller.ts'
import type { OperationContext } from '../operation.ts'
import { refuseField, refuseForbidden } from '../refusal.ts'
import { makeUser, type MadeUser, type NewUser } from './create-user.ts'

/** A new account for another user. */
export interface Invitation extends Pick<NewUser, 'email' | 'displayName' | 'isSystemAdmin' | 'memberships'> {
  /** @default generated */
  readonly password?: string | undefined
}

/**
 * Creates an account for someone else: system administrators any account, group administrators one with roles in their group.
 *
 * @returns the initial password if it was generated; it is not available later
 * @throws Refusal `forbidden`; `invalid` e-mail, password or group; `conflict` if the e-mail is taken
 */
export async function inviteUser(
  context: OperationContext,
  input: Invitation,
): Promise<MadeUser & { readonly password: string | null }> {
  const { caller } = context
  const { isSystemAdmin = false, memberships = [] } = input
  if (isSystemAdmin && !caller.isSystemAdmin)
    throw refuseForbidden('Only a system administrator may create another one.')
  requireGroups(caller, memberships)
  const made = input.password === undefined ? randomBytes(12).toString('base64url') : null
  const user = await makeUser(context, { ...input, password: input.password ?? made ?? '' })
  return { ...user, password: made }
}

/** A caller who is not a system administrator grants roles in their own groups only, by number, and at least one. */
function requireGroups(caller: Caller, memberships: NonNullable<NewUser['memberships']>): void {
  if (caller.isSystemAdmin) return
  if (memberships.length === 0) throw refuseField('memberships', 'required', 'must name a group and a role in it')
  for (const { group } of memberships)
    if (typeof group === 'string' || !hasRole(caller, group, 'admin'))
      throw refuseForbidden('This needs the role "admin" in each group named.')
}
