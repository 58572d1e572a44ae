import {
  findApiToken,
  findSession,
  touchApiToken,
  touchSession,
  type Database,
  type MembershipRow,
} from '@paikea/database'
import { type Log, ROLES, type Role } from '@paikea/domain'
import { hashSecret, isSameSecret, sessionEnd, TOKEN_PREFIX } from '@paikea/operations'
import type { IncomingMessage } from 'node:http'
import { ApiError } from '../http/api-error.ts'
import type { AddressReader } from '../http/client-address.ts'
import type { ApiContext } from '../http/context.ts'
import type { FailedTokens } from '../http/rate-limit.ts'
import { describeError } from '../http/log.ts'
import { notLoggedIn } from '../route-table/access.ts'
import { SESSION_COOKIE } from './cookies.ts'
import type { Principal } from './principal.ts'

/** "Last used" times are written at most this often. */
const TOUCH_AFTER_MS = 60_000

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The parts of a request that carry credentials; a Koa context has them. */
export interface CredentialSource {
  readonly req: IncomingMessage
  get(header: string): string
  readonly cookies: { get(name: string): string | undefined }
}

/** Identifies the caller of a request. */
export interface Authenticator {
  /** Returns the caller. @throws ApiError 401; 403 if a session's request lacks its CSRF header */
  authenticate(ctx: ApiContext): Promise<Principal>
  /** Returns the caller, or `null`. For public endpoints, and for long-lived connections that check again later. */
  identify(source: CredentialSource): Promise<Principal | null>
  /** Resolves once no "last used" write is in flight. */
  settle(): Promise<void>
}

/** Creates the authenticator. */
export function createAuthenticator(options: {
  readonly db: Database
  readonly addressOf: AddressReader
  /** Whether users reach the service over HTTPS. */
  readonly isHttps: boolean
  readonly failedTokens: FailedTokens
  /** Whether users without a second factor may do nothing but set one up. */
  readonly requiresSecondFactor: boolean
  readonly log: Log
}): Authenticator {
  const { db, addressOf, isHttps, failedTokens, requiresSecondFactor, log } = options
  const pending = new Set<Promise<void>>()
  const inBackground = (work: Promise<void>): void => {
    const settled = work
      .catch((error: unknown) => log.warn('auth.touch-failed', describeError(error)))
      .finally(() => pending.delete(settled))
    pending.add(settled)
  }

  async function byToken(token: string, address: string | null): Promise<Principal | null> {
    if (!token.startsWith(TOKEN_PREFIX)) return null
    const now = new Date()
    const row = await findApiToken(db, { tokenHash: hashSecret(token), now })
    if (row === null) return null
    if (isStale(row.lastUsedAt, now)) inBackground(touchApiToken(db, { id: row.id, now }))
    const memberships = row.groupId === null ? [] : [{ groupId: row.groupId, role: row.role }]
    return {
      actor: `token/${String(row.id)}`,
      address,
      user: null,
      account: row.createdByUserId === null ? `tokens/${String(row.groupId ?? 'all')}` : userActor(row.createdByUserId),
      ownerUserId: row.createdByUserId,
      isSystemAdmin: row.isSystemAdmin,
      roles: toRoles(memberships),
      isHeldBack: false,
      session: null,
    }
  }

  async function bySession(cookie: string, address: string | null): Promise<Principal | null> {
    const now = new Date()
    const row = await findSession(db, { tokenHash: hashSecret(cookie), now })
    if (row === null) return null
    if (isStale(row.lastSeenAt, now)) {
      inBackground(touchSession(db, { id: row.id, now, expiresAt: sessionEnd(row.createdAt, now) }))
    }
    const { id, email, displayName, isSystemAdmin, totpSince } = row.user
    // The identity provider enforces its own second-factor policy.
    const isHeldBack = requiresSecondFactor && totpSince === null && row.method !== 'provider'
    return {
      actor: userActor(id),
      address,
      user: { id, email, displayName },
      account: userActor(id),
      ownerUserId: id,
      isSystemAdmin: isSystemAdmin && !isHeldBack,
      roles: isHeldBack ? new Map() : toRoles(row.memberships),
      isHeldBack,
      session: { id: row.id, csrfToken: row.csrfToken },
    }
  }

  async function identify(source: CredentialSource): Promise<Principal | null> {
    const address = addressOf(source.req)
    const authorization = source.get('authorization')
    if (authorization !== '') {
      const match = /^Bearer +(\S+)$/i.exec(authorization)
      return match?.[1] === undefined ? null : await byToken(match[1], address)
    }
    const cookie = source.cookies.get(SESSION_COOKIE.nameFor(isHttps))
    return cookie === undefined || cookie === '' ? null : await bySession(cookie, address)
  }

  return {
    identify,
    settle: async () => void (await Promise.all(pending)),
    async authenticate(ctx) {
      const hasToken = ctx.get('authorization') !== ''
      const address = addressOf(ctx.req) ?? 'unknown'
      if (hasToken) await failedTokens.check(address)
      const principal = await identify(ctx)
      if (principal === null) {
        if (hasToken) await failedTokens.count(address)
        throw notLoggedIn('Log in, or send a valid token.')
      }
      const { session } = principal
      if (
        session !== null &&
        !SAFE_METHODS.has(ctx.method) &&
        !isSameSecret(ctx.get('x-csrf-token'), session.csrfToken)
      ) {
        throw new ApiError(403, 'csrf', 'Send the CSRF token of this session in the header X-CSRF-Token.')
      }
      return principal
    },
  }
}

function userActor(id: number): string {
  return `user/${String(id)}`
}

function isStale(lastUse: Date | null, now: Date): boolean {
  return lastUse === null || now.getTime() - lastUse.getTime() > TOUCH_AFTER_MS
}

function toRoles(memberships: readonly MembershipRow[]): ReadonlyMap<number, Role> {
  const roles = new Map<number, Role>()
  for (const { groupId, role } of memberships) {
    // An unknown role grants nothing.
    const known = ROLES.find((name) => name === role)
    if (known !== undefined) roles.set(groupId, known)
  }
  return roles
}
