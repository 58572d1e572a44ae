import type { Role } from '@paikea/domain'
import { scopeOf, type Caller } from '@paikea/operations'
import { ApiError, forbidden } from '../http/api-error.ts'

/**
 * Who may call a route.
 *
 * - `anyone`: anonymous callers too; the route decides what to tell them
 * - `logged-in`: any session or token
 * - a role: callers with at least this role in some group; the operation checks which group
 * - `system-admin`: administrators of the whole installation
 * - `scraper`: a process on this machine, the holder of the metrics token, a system administrator
 */
export type Access = 'anyone' | 'logged-in' | Role | 'system-admin' | 'scraper'

/**
 * Checks an authenticated caller against a rule.
 *
 * @throws ApiError 403
 */
export function requireAccess(caller: Pick<Caller, 'isSystemAdmin' | 'roles'>, access: Role | 'system-admin'): void {
  if (caller.isSystemAdmin) return
  if (access === 'system-admin') throw forbidden('Only system administrators may do this.')
  const scope = scopeOf(caller, access)
  if ('groupIds' in scope && scope.groupIds.length === 0) throw forbidden(`This needs the role "${access}".`)
}

/** 401 with the authentication scheme. */
export function notLoggedIn(detail: string): ApiError {
  return new ApiError(401, 'not-logged-in', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="paikea"' } })
}
