import {
  countSystemAdmins,
  findUser,
  listGroups,
  setMembership,
  updateUser,
  type UserWithRoles,
} from '@paikea/database'
import type { Role } from '@paikea/domain'
import { requireRole, scopeOf } from '../caller.ts'
import { type Facts, operation, type Work } from '../operation.ts'
import { refuseConflict, refuseField, refuseForbidden, refuseUnknown } from '../refusal.ts'

/** The fields to change; `undefined` leaves one unchanged. */
export interface UserChange {
  readonly displayName?: string | undefined
  readonly isSystemAdmin?: boolean | undefined
  /** A disabled account has no sessions, and cannot log in. */
  readonly disabled?: boolean | undefined
  /** Roles in these groups; `null` removes one. Groups not named stay unchanged. */
  readonly roles?: readonly { readonly groupId: number; readonly role: Role | null }[] | undefined
}

/**
 * Changes an account. A group's administrator grants and removes roles in it; the rest is for system administrators.
 *
 * @throws Refusal `not-found`, `forbidden`; `invalid` group; `conflict` if no one would be left who may do this
 */
export const changeUser = operation<{ readonly id: number; readonly change: UserChange }, void>(
  'user.changed',
  async (work, { id, change }) => {
    const { db, caller, tx, now } = work
    const before = await find(work, id)
    const { displayName, isSystemAdmin, disabled, roles = [] } = change
    const isRolesOnly = displayName === undefined && isSystemAdmin === undefined && disabled === undefined
    if (!isRolesOnly && !caller.isSystemAdmin)
      throw refuseForbidden('Only a system administrator may change more than roles.')
    await setRoles(work, id, roles)
    const disabledAt = disabled === true ? (before.user.disabledAt ?? now) : null
    const values = {
      ...(displayName === undefined ? {} : { displayName }),
      ...(isSystemAdmin === undefined ? {} : { isSystemAdmin }),
      ...(disabled === undefined ? {} : { disabledAt }),
    }
    if (Object.keys(values).length > 0) await updateUser(db, { id, values }, tx)
    // Counted afterwards, in the same transaction: this also catches two administrators who remove each other.
    const wasAdmin = before.user.isSystemAdmin && before.user.disabledAt === null
    if (wasAdmin && (await countSystemAdmins(db, {}, tx)) === 0)
      throw refuseConflict('last-admin', 'No administrator of all groups would be left.')
    const after = await find({ ...work, caller: { ...caller, isSystemAdmin: true } }, id)
    const subject = `user/${String(id)}`
    return { result: undefined, subject, groupId: null, before: factsOf(before), after: factsOf(after) }
  },
)

async function setRoles(work: Work, userId: number, roles: NonNullable<UserChange['roles']>): Promise<void> {
  const { db, caller, tx } = work
  const known = new Set((await listGroups(db, { scope: scopeOf(caller) }, tx)).map(({ id }) => id))
  for (const { groupId, role } of roles) {
    if (!known.has(groupId)) throw refuseField('roles', 'unknown-group', 'there is no such group')
    requireRole(caller, groupId, 'admin')
    await setMembership(db, { userId, groupId, role }, tx)
  }
}

async function find({ db, caller, tx }: Work, id: number): Promise<UserWithRoles> {
  const found = await findUser(db, { scope: scopeOf(caller, 'admin'), id }, tx)
  if (found === null) throw refuseUnknown('account')
  return found
}

function factsOf({ user, memberships }: UserWithRoles): Facts {
  const { email, displayName, isSystemAdmin, disabledAt } = user
  return { email, displayName, isSystemAdmin, disabled: disabledAt !== null, memberships }
}
