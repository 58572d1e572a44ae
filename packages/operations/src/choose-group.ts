import { listGroups, type Database, type Transaction } from '@paikea/database'
import type { Role } from '@paikea/domain'
import { hasRole, scopeOf, type Caller } from './caller.ts'
import { refuseField, refuseForbidden } from './refusal.ts'

/**
 * The group for something new: the one named, or the only one in which the caller has the role. For a system
 * administrator who names none it is the oldest group.
 *
 * @throws Refusal `invalid` for a group the caller does not see, or if one has to be named; `forbidden` without the
 * role in it
 */
export async function chooseGroup(
  { db, caller, tx }: { readonly db: Database; readonly caller: Caller; readonly tx: Transaction },
  needed: Role,
  groupId: number | undefined,
): Promise<number> {
  const visible = await listGroups(db, { scope: scopeOf(caller) }, tx)
  if (groupId !== undefined) {
    if (!visible.some(({ id }) => id === groupId))
      throw refuseField('groupId', 'unknown-group', 'there is no such group')
    if (!hasRole(caller, groupId, needed)) throw refuseForbidden(`This needs the role "${needed}" in that group.`)
    return groupId
  }
  const possible = visible.filter(({ id }) => hasRole(caller, id, needed))
  const [first] = possible
  if (first === undefined) throw refuseField('groupId', 'no-group', whyNone(caller, needed))
  if (possible.length > 1 && !caller.isSystemAdmin)
    throw refuseField('groupId', 'required', 'must name one of your groups')
  return first.id
}

function whyNone(caller: Caller, needed: Role): string {
  return caller.isSystemAdmin
    ? 'there is no group yet: the service creates the first one when it starts'
    : `you have the role "${needed}" in no group`
}
