import type { SessionView } from '@paikea/api/contract'
import { createContext, use } from 'react'

/** Who is logged in. */
export const SessionContext = createContext<SessionView | null>(null)

/** Who is logged in, and what that person may do. */
export function useSession(): SessionView & { readonly may: (role: string) => boolean } {
  const session = use(SessionContext)
  if (session === null) throw new Error('The session is used outside of its provider.')
  return { ...session, may: (role) => mayDo(session, role) }
}

const RANKS = ['viewer', 'technician', 'operator', 'admin']

/** Whether the person has this role in any group: for hiding buttons only, the service decides. */
export function mayDo({ user }: SessionView, role: string): boolean {
  return user.isSystemAdmin || user.groups.some((group) => RANKS.indexOf(group.role) >= RANKS.indexOf(role))
}
