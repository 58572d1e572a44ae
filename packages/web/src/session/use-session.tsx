import type { SessionView } from '@paikea/api/contract'
import { ROLES, type Role } from '@paikea/domain'
import { createContext, use } from 'react'

/** The present session. */
export const SessionContext = createContext<SessionView | null>(null)

/** The present session and its permissions: only for hiding buttons, the service decides. */
export function useSession(): SessionView & {
  readonly may: (role: Role) => boolean
  /** The groups in which the user has at least this role. */
  readonly groupsOf: (role: Role) => SessionView['user']['groups']
} {
  const session = use(SessionContext)
  if (session === null) throw new Error('The session is used outside of its provider.')
  const groupsOf = (role: Role) => groupsWith(session, role)
  return { ...session, groupsOf, may: (role) => session.user.isSystemAdmin || groupsOf(role).length > 0 }
}

function groupsWith({ user }: SessionView, needed: Role): SessionView['user']['groups'] {
  const rank = (role: string) => ROLES.findIndex((one) => one === role)
  return user.isSystemAdmin ? user.groups : user.groups.filter(({ role }) => rank(role) >= rank(needed))
}
