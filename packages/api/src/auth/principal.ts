import { ROLES, type Role } from '@paikea/domain'
import type { GroupScope } from '@paikea/database'
import { forbidden } from '../http/api-error.ts'

/** The signed-in person of a session. */
export interface PrincipalUser {
  readonly id: number
  readonly email: string
  readonly displayName: string | null
}

/** Who asks: a person with a session, or a program with a token. */
export interface Principal {
  /** For the audit log: `user/3`, `token/7`. */
  readonly actor: string
  readonly user: PrincipalUser | null
  /** Whose limits it counts against: a person with all the tokens that person made; what a command made, by group. */
  readonly account: string
  /** The person behind a session or a token; `null` for a token that a command made. */
  readonly ownerUserId: number | null
  readonly isSystemAdmin: boolean
  /** Role in each group. A system administrator needs none. */
  readonly roles: ReadonlyMap<number, Role>
  /** Set for a session: its row and the value its changing requests must carry. */
  readonly session: { readonly id: number; readonly csrfToken: string } | null
}

/** Whether one role includes another. */
export function includesRole(actual: Role, needed: Role): boolean {
  return ROLES.indexOf(actual) >= ROLES.indexOf(needed)
}

/** Reads a role as stored; what is not known gives nothing. */
export function parseRole(text: string): Role | null {
  return ROLES.find((role) => role === text) ?? null
}

/** Groups in which a principal has at least a role: the scope of every named query. */
export function scopeOf(principal: Principal, needed: Role = 'viewer'): GroupScope {
  if (principal.isSystemAdmin) return { all: true }
  return { groupIds: [...principal.roles].filter(([, role]) => includesRole(role, needed)).map(([groupId]) => groupId) }
}

/** Whether a principal has at least a role in a group. What belongs to no group is the system administrators'. */
export function hasRole(principal: Principal, groupId: number | null, needed: Role): boolean {
  if (principal.isSystemAdmin) return true
  const actual = groupId === null ? undefined : principal.roles.get(groupId)
  return actual !== undefined && includesRole(actual, needed)
}

/**
 * Refuses what a role does not allow in a group.
 *
 * @throws ApiError 403
 */
export function requireRole(principal: Principal, groupId: number | null, needed: Role): void {
  if (!hasRole(principal, groupId, needed)) throw forbidden(`This needs the role "${needed}" in the group concerned.`)
}
