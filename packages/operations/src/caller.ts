import type { GroupScope } from '@paikea/database'
import { ROLES, type Role } from '@paikea/domain'
import { refuseForbidden } from './refusal.ts'

/** The caller of an operation, and their address. */
export interface Caller {
  /** For the audit log: `user/3`, `token/7`, `system/cli`. */
  readonly actor: string
  /** Client address; `null` on this machine itself. */
  readonly address: string | null
  /** The user behind a session or a token; `null` for a token created on the command line. */
  readonly ownerUserId: number | null
  readonly isSystemAdmin: boolean
  /** Role in each group. A system administrator needs none. */
  readonly roles: ReadonlyMap<number, Role>
}

/** The service itself, or the operator at its command line: may do everything. */
export function systemCaller(part: 'cli' | 'start' | 'import' | 'harbour' | 'test'): Caller {
  return { actor: `system/${part}`, address: null, ownerUserId: null, isSystemAdmin: true, roles: new Map() }
}

/** An anonymous caller. */
export function strangerCaller(address: string | null): Caller {
  return { actor: 'stranger', address, ownerUserId: null, isSystemAdmin: false, roles: new Map() }
}

/** Whether one role includes another. */
export function includesRole(actual: Role, needed: Role): boolean {
  return ROLES.indexOf(actual) >= ROLES.indexOf(needed)
}

/** Groups in which a caller has at least a role: the scope of every named query. */
export function scopeOf(caller: Pick<Caller, 'isSystemAdmin' | 'roles'>, needed: Role = 'viewer'): GroupScope {
  if (caller.isSystemAdmin) return { all: true }
  return { groupIds: [...caller.roles].filter(([, role]) => includesRole(role, needed)).map(([groupId]) => groupId) }
}

/** Whether a caller has at least a role in a group. Things without a group belong to system administrators. */
export function hasRole(
  caller: Pick<Caller, 'isSystemAdmin' | 'roles'>,
  groupId: number | null,
  needed: Role,
): boolean {
  if (caller.isSystemAdmin) return true
  const actual = groupId === null ? undefined : caller.roles.get(groupId)
  return actual !== undefined && includesRole(actual, needed)
}

/**
 * Refuses an action that the caller's role in a group does not allow.
 *
 * @throws Refusal `forbidden`
 */
export function requireRole(
  caller: Pick<Caller, 'isSystemAdmin' | 'roles'>,
  groupId: number | null,
  needed: Role,
): void {
  if (!hasRole(caller, groupId, needed))
    throw refuseForbidden(`This needs the role "${needed}" in the group concerned.`)
}
