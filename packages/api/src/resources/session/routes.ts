import {
  findUserById,
  listGroups,
  listMemberships,
  loadSecondFactor,
  normaliseEmail,
  type UserRow,
} from '@paikea/database'
import { logIn, logOut, Refusal, strangerCaller } from '@paikea/operations'
import { SESSION_COOKIE, writeSessionCookie } from '../../auth/cookies.ts'
import { ApiError, forbidden } from '../../http/api-error.ts'
import { noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentSession } from './presenter.ts'
import { LogInSchema, SessionSchema } from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'links' | 'failedLogIns' | 'addressOf' | 'isHttps' | 'log'>>()

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
    problems: ['wrong-credentials', 'second-factor-required', 'forbidden', 'busy'],
    run: async ({ body, ctx }, { db, links, failedLogIns, addressOf, isHttps, log }) => {
      // Login CSRF: another site must not log a user in to someone else's account.
      if (ctx.get('sec-fetch-site') === 'cross-site') throw forbidden('Log in from this service’s own page.')
      const email = normaliseEmail(body.email)
      const key = `${addressOf(ctx.req) ?? 'unknown'} ${email}`
      await failedLogIns.check(key)
      await failedLogIns.checkAccount(email)
      try {
        const caller = strangerCaller(addressOf(ctx.req))
        const made = await logIn({ db, caller }, { ...body, userAgent: ctx.get('user-agent') || null })
        await failedLogIns.clear(key)
        ctx.set('Set-Cookie', writeSessionCookie(made.secret, isHttps))
        return ok(await load({ db, links }, made.user, made.csrfToken))
      } catch (error) {
        if (error instanceof Refusal) {
          // The correct password without a code is not a guess.
          if (error.code !== 'second-factor-required') {
            await failedLogIns.count(key)
            await failedLogIns.countAccount(email)
          }
          log.warn('session.refused', { address: addressOf(ctx.req) })
        }
        throw error
      }
    },
  }),

  route({
    method: 'GET',
    path: '/v1/session',
    summary: 'The current session',
    access: 'logged-in',
    limit: 'reads',
    answer: SessionSchema,
    problems: ['no-session'],
    run: async ({ principal }, { db, links }) => {
      const user = principal.user === null ? null : await findUserById(db, { id: principal.user.id })
      if (user === null || principal.session === null) {
        throw new ApiError(404, 'no-session', 'This is a token, not a session.')
      }
      return ok(await load({ db, links }, user, principal.session.csrfToken))
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
      if (principal.session !== null) await logOut({ db, caller: principal }, { sessionId: principal.session.id })
      ctx.set('Set-Cookie', SESSION_COOKIE.write('', 0, isHttps))
      return noContent()
    },
  }),
] as const

async function load({ db, links }: Pick<Services, 'db' | 'links'>, user: UserRow, csrfToken: string) {
  const [memberships, groups, factor] = await Promise.all([
    listMemberships(db, { userId: user.id }),
    listGroups(db, { scope: { all: true } }),
    loadSecondFactor(db, { userId: user.id }),
  ])
  const hasSecondFactor = factor !== null && factor.since !== null
  return presentSession({ ...user, hasSecondFactor }, memberships, groups, csrfToken, links)
}
