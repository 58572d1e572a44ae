import { insertSignIn, listIdentities, takeSignIn } from '@paikea/database'
import { allowLink, endIdentity, hashSecret, newSecret, Refusal, signIn, strangerCaller } from '@paikea/operations'
import { z } from 'zod'
import type { IdentityProvider } from '../../auth/identity-provider.ts'
import { ApiError, forbidden, notFound } from '../../http/api-error.ts'
import type { ApiContext } from '../../http/context.ts'
import { IdSchema, presentFields, TimeSchema } from '../../http/fields.ts'
import { describeError } from '../../http/log.ts'
import { noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { guessing, ofSession } from '../account/own-account.ts'
import { SIGN_IN_COOKIE, writeSessionCookie } from '../../auth/cookies.ts'

type Needs = Pick<Services, 'db' | 'provider' | 'addressOf' | 'isHttps' | 'log' | 'failedLogIns'>
const route = routeFor<Needs>()

/** Ample time to sign in at the provider. */
const SIGN_IN_MS = 10 * 60_000

const Options = z.object({
  /** The identity provider; `null` if none is configured. */
  provider: z.object({ name: z.string() }).nullable(),
})
const Address = z.object({ url: z.string() })
const Password = z.strictObject({ password: z.string().min(1).max(1000) })
const Identities = z.object({
  items: z.array(z.object({ id: z.int(), issuer: z.string(), createdAt: TimeSchema })),
  nextCursor: z.null(),
})
/** Sign-in through an identity provider (OpenID Connect). */
export const providerRoutes = [
  route({
    method: 'GET',
    path: '/v1/session/options',
    summary: 'Identity providers available for log-in',
    access: 'anyone',
    limit: 'reads',
    queue: 'own',
    answer: Options,
    run: async (_request, { provider }) => ok({ provider: provider === null ? null : { name: provider.name } }),
  }),

  route({
    method: 'POST',
    path: '/v1/session/oidc',
    summary: 'Start a log-in at the identity provider: returns where to send the browser',
    access: 'anyone',
    limit: 'log-ins',
    answer: Address,
    problems: ['forbidden', 'not-found', 'provider-unavailable'],
    run: async ({ ctx }, services) => {
      if (ctx.get('sec-fetch-site') === 'cross-site') throw forbidden('Log in from this service’s own page.')
      return ok(await begin(ctx, services, null))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/session/oidc/link',
    summary: 'Link an identity to the caller’s account: returns where to send the browser',
    access: 'logged-in',
    limit: 'log-ins',
    body: Password,
    answer: Address,
    problems: ['no-account', 'busy', 'not-found', 'provider-unavailable'],
    run: async ({ ctx, principal, body }, services) => {
      const { db, failedLogIns } = services
      const context = { db, caller: ofSession(principal) }
      const userId = await guessing(failedLogIns, principal.account, () => allowLink(context, body))
      return ok(await begin(ctx, services, userId))
    },
  }),

  route({
    method: 'GET',
    path: '/v1/session/oidc/callback',
    summary: 'The callback for the identity provider',
    access: 'anyone',
    limit: 'reads',
    queue: 'own',
    answer: z.string(),
    answerType: 'text/plain',
    status: 302,
    // The query is defined by the provider; the library validates it in its original form.
    run: async ({ ctx }, services) => {
      const outcome = await finish(ctx, services)
      const Location = outcome === 'in' ? '/' : `/?sign-in=${outcome}`
      return { status: 302, body: Location, headers: { Location } }
    },
  }),

  route({
    method: 'GET',
    path: '/v1/session/identities',
    summary: 'Identities linked to the caller’s account',
    access: 'logged-in',
    limit: 'reads',
    answer: Identities,
    run: async ({ principal }, { db }) => {
      const userId = principal.user?.id ?? null
      const rows = userId === null ? [] : await listIdentities(db, { userId })
      return ok({ items: rows.map((row) => presentFields(row, ['id', 'issuer', 'createdAt'])), nextCursor: null })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/session/identities/:id/end',
    summary: 'Unlink an identity from the caller’s account',
    access: 'logged-in',
    limit: 'log-ins',
    params: z.object({ id: IdSchema }),
    body: Password,
    status: 204,
    problems: ['busy'],
    run: async ({ principal, params, body }, { db, failedLogIns }) => {
      const context = { db, caller: ofSession(principal) }
      await guessing(failedLogIns, principal.account, () => endIdentity(context, { ...params, ...body }))
      return noContent()
    },
  }),
] as const

async function begin(ctx: ApiContext, { db, provider, isHttps, log }: Needs, userId: number | null) {
  if (provider === null) throw notFound('identity provider')
  const { address, challenge } = await provider.begin().catch((error: unknown) => {
    log.warn('session.provider-failed', describeError(error))
    throw new ApiError(503, 'provider-unavailable', 'The identity provider does not answer. Try again in a moment.')
  })
  const secret = newSecret()
  const now = new Date()
  const expiresAt = new Date(now.getTime() + SIGN_IN_MS)
  await insertSignIn(db, { secretHash: hashSecret(secret), ...challenge, userId, expiresAt, now })
  ctx.append('Set-Cookie', SIGN_IN_COOKIE.write(secret, SIGN_IN_MS / 1000, isHttps))
  return { url: address }
}

/** Returns only the outcome; the cause is in the log. */
async function finish(ctx: ApiContext, services: Needs): Promise<'in' | 'over' | 'failed' | 'no-account'> {
  const { db, provider, isHttps, addressOf, log } = services
  const secret = ctx.cookies.get(SIGN_IN_COOKIE.nameFor(isHttps)) ?? ''
  const begun = secret === '' ? null : await takeSignIn(db, { secretHash: hashSecret(secret), now: new Date() })
  if (provider === null || begun === null) return 'over'
  ctx.append('Set-Cookie', SIGN_IN_COOKIE.write('', 0, isHttps))
  const address = addressOf(ctx.req)
  const identity = await identityOf(provider, ctx.querystring, begun).catch((error: unknown) => {
    log.warn('session.provider-failed', { ...describeError(error), address })
    return null
  })
  if (identity === null) return 'failed'
  try {
    const made = await signIn(
      { db, caller: strangerCaller(address) },
      {
        identity,
        linkUserId: begun.userId,
        matchesEmail: provider.matchesEmail,
        userAgent: ctx.get('user-agent') || null,
      },
    )
    ctx.append('Set-Cookie', writeSessionCookie(made.secret, isHttps))
    return 'in'
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    log.warn('session.refused', { address, reason: error.code })
    return 'no-account'
  }
}

function identityOf(provider: IdentityProvider, search: string, begun: Parameters<IdentityProvider['finish']>[1]) {
  const { state, nonce, verifier } = begun
  return provider.finish(search, { state, nonce, verifier })
}
