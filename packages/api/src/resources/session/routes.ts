import {
  deleteSession,
  findUserByEmail,
  findUserById,
  insertSession,
  listGroups,
  listMemberships,
  normaliseEmail,
  recordAudit,
  type Database,
} from '@paikea/database'
import { SESSION_COOKIE, SESSION_LIFE_MS } from '../../auth/authenticate.ts'
import { verifyPassword } from '../../auth/password.ts'
import { hashSecret, newSecret } from '../../auth/secrets.ts'
import { ApiError, forbidden } from '../../http/api-error.ts'
import { noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentSession } from './presenter.ts'
import { LogInSchema, SessionSchema } from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'failedLogIns' | 'addressOf' | 'isHttps' | 'log'>>()

/** Logging in and out. */
export const sessionRoutes = [
  route({
    method: 'POST',
    path: '/v1/session',
    summary: 'Log in',
    access: 'anyone',
    limit: 'log-ins',
    body: LogInSchema,
    answer: SessionSchema,
    problems: ['wrong-credentials', 'forbidden', 'busy'],
    run: async ({ body, ctx }, { db, failedLogIns, addressOf, isHttps, log }) => {
      // A page of another site must not log somebody in as somebody else.
      if (ctx.get('sec-fetch-site') === 'cross-site') throw forbidden('Log in from the page of this service.')
      const email = normaliseEmail(body.email)
      const key = `${addressOf(ctx.req) ?? 'unknown'} ${email}`
      await failedLogIns.check(key)
      const user = await findUserByEmail(db, { email })
      const isUsable = user !== null && user.disabledAt === null
      if (!(await verifyPassword(body.password, isUsable ? user.passwordHash : null)) || user === null) {
        await failedLogIns.count(key)
        log.warn('session.refused', { address: addressOf(ctx.req) })
        throw new ApiError(401, 'wrong-credentials', 'E-mail or password is wrong.')
      }
      await failedLogIns.clear(key)

      const cookie = newSecret()
      const csrfToken = newSecret()
      const expiresAt = new Date(Date.now() + SESSION_LIFE_MS)
      await db.write(async (tx) => {
        await insertSession(db, { userId: user.id, tokenHash: hashSecret(cookie), csrfToken, expiresAt }, tx)
        const who = `user/${String(user.id)}`
        await recordAudit(db, { actor: who, action: 'session.created', subject: who }, tx)
      })
      ctx.set('Set-Cookie', writeCookie(cookie, SESSION_LIFE_MS / 1000, isHttps))
      return ok(await load(db, user, csrfToken))
    },
  }),

  route({
    method: 'GET',
    path: '/v1/session',
    summary: 'Who is logged in',
    access: 'logged-in',
    limit: 'reads',
    answer: SessionSchema,
    problems: ['no-session'],
    run: async ({ principal }, { db }) => {
      const user = principal.user === null ? null : await findUserById(db, { id: principal.user.id })
      if (user === null || principal.session === null) {
        throw new ApiError(404, 'no-session', 'This is a token, not a session.')
      }
      return ok(await load(db, user, principal.session.csrfToken))
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/session',
    summary: 'Log out',
    access: 'logged-in',
    limit: 'writes',
    status: 204,
    run: async ({ principal, ctx }, { db, isHttps }) => {
      if (principal.session !== null) await deleteSession(db, { id: principal.session.id })
      ctx.set('Set-Cookie', writeCookie('', 0, isHttps))
      return noContent()
    },
  }),
] as const

async function load(db: Database, user: Parameters<typeof presentSession>[0], csrfToken: string) {
  const [memberships, groups] = await Promise.all([
    listMemberships(db, { userId: user.id }),
    listGroups(db, { scope: { all: true } }),
  ])
  return presentSession(user, memberships, groups, csrfToken)
}

/** Written by hand: Koa refuses `Secure` where a proxy in front holds the certificate. */
function writeCookie(value: string, maxAgeSeconds: number, isHttps: boolean): string {
  const parts = [
    `${SESSION_COOKIE}=${value}`,
    'Path=/',
    `Max-Age=${String(maxAgeSeconds)}`,
    'HttpOnly',
    'SameSite=Strict',
  ]
  return [...parts, ...(isHttps ? ['Secure'] : [])].join('; ')
}
