import type { Role } from '@paikea/domain'
import { listGroups, type Database } from '@paikea/database'
import { forbidden, invalidField } from '../http/api-error.ts'
import { hasRole, scopeOf, type Principal } from './principal.ts'

/**
 * The group a new thing goes to: the one named, or the only one in which the caller may do this. A system administrator
 * who names none means the oldest group.
 *
 * @throws ApiError 422 for a group the caller does not see, or where it has to be named; 403 without the role in it
 */
export async function chooseGroup(
  db: Database,
  principal: Principal,
  needed: Role,
  groupId: number | undefined,
): Promise<number> {
  const visible = await listGroups(db, { scope: scopeOf(principal) })
  if (groupId !== undefined) {
    if (!visible.some(({ id }) => id === groupId))
      throw invalidField('groupId', 'unknown-group', 'there is no such group')
    if (!hasRole(principal, groupId, needed)) throw forbidden(`This needs the role "${needed}" in that group.`)
    return groupId
  }
  const possible = visible.filter(({ id }) => hasRole(principal, id, needed))
  const [first] = possible
  if (first === undefined) throw invalidField('groupId', 'no-group', 'there is no group to put it in')
  if (possible.length > 1 && !principal.isSystemAdmin) {
    throw invalidField('groupId', 'required', 'name one of your groups')
  }
  return first.id
}
