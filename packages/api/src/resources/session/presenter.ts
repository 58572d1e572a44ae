import type { GroupRow, MembershipRow, UserRow } from '@paikea/database'
import type { SessionView } from './schema.ts'

/** The signed-in user, and their roles by group. */
export function presentSession(
  user: Pick<UserRow, 'id' | 'email' | 'displayName' | 'isSystemAdmin'> & { readonly hasSecondFactor: boolean },
  memberships: readonly MembershipRow[],
  groups: readonly GroupRow[],
  csrfToken: string,
  links: SessionView['links'],
): SessionView {
  const nameOf = new Map(groups.map(({ id, name }) => [id, name]))
  return {
    user: {
      id: user.id,
      email: user.email,
      displayName: user.displayName,
      isSystemAdmin: user.isSystemAdmin,
      hasSecondFactor: user.hasSecondFactor,
      groups: user.isSystemAdmin
        ? groups.map(({ id, name }) => ({ id, name, role: 'admin' }))
        : memberships.map(({ groupId, role }) => ({ id: groupId, name: nameOf.get(groupId) ?? '', role })),
    },
    csrfToken,
    links,
  }
}
