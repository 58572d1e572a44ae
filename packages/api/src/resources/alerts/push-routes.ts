import { listPushSubscriptions } from '@paikea/database'
import { subscribeBrowser, unsubscribeBrowser } from '@paikea/operations'
import { z } from 'zod'
import { IdSchema, presentFields, TimeSchema } from '../../http/fields.ts'
import { describeError } from '../../http/log.ts'
import { noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'

const route = routeFor<Pick<Services, 'db' | 'push' | 'sending' | 'log'>>()

const BrowserSchema = z.object({
  id: z.int(),
  /** Host of the browser vendor's push service. */
  service: z.string(),
  userAgent: z.string().nullable(),
  createdAt: TimeSchema,
})
const PushSchema = z.object({
  /** For `pushManager.subscribe`, base64url; `null`: push is off here. */
  publicKey: z.string().nullable(),
  /** The caller's browsers, newest first. */
  items: z.array(BrowserSchema),
})
const base64url = /^[\w-]+$/
/** The result of `PushSubscription.toJSON()`. */
const SubscribeSchema = z.strictObject({
  endpoint: z.url().max(1000),
  expirationTime: z.number().nullable().optional(),
  keys: z.strictObject({
    p256dh: z.string().length(87).regex(base64url, 'must be base64url'),
    auth: z.string().length(22).regex(base64url, 'must be base64url'),
  }),
})

/** Browsers that receive alerts. */
export const pushRoutes = [
  route({
    method: 'GET',
    path: '/v1/push',
    summary: 'The key for browser subscriptions, and the caller’s subscribed browsers',
    access: 'logged-in',
    limit: 'reads',
    answer: PushSchema,
    run: async ({ principal }, { db, push }) => {
      const userId = principal.user?.id ?? null
      const rows = userId === null ? [] : await listPushSubscriptions(db, { userId })
      const items = rows.map((row) => {
        const fields = presentFields(row, ['id', 'userAgent', 'createdAt'])
        return { ...fields, service: new URL(row.endpoint).host }
      })
      return ok({ publicKey: (await push?.publicKey()) ?? null, items })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/push/subscriptions',
    summary: 'Subscribe this browser to the alerts of the caller’s groups',
    access: 'logged-in',
    limit: 'writes',
    body: SubscribeSchema,
    answer: z.object({ id: z.int() }),
    status: 201,
    problems: ['no-account'],
    run: async ({ principal, body, ctx }, { db, sending }) => {
      const { endpoint, keys } = body
      const userAgent = ctx.get('user-agent') || null
      const wish = { endpoint, ...keys, userAgent, reach: sending.reach }
      return { status: 201, body: { id: await subscribeBrowser({ db, caller: ofSession(principal) }, wish) } }
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/push/subscriptions/:id',
    summary: 'Unsubscribe one of the caller’s browsers',
    access: 'logged-in',
    limit: 'writes',
    params: z.object({ id: IdSchema }),
    status: 204,
    run: async ({ principal, params }, { db }) => {
      await unsubscribeBrowser({ db, caller: ofSession(principal) }, params)
      return noContent()
    },
  }),

  route({
    method: 'POST',
    path: '/v1/push/test',
    summary: 'Send a test notification to the caller’s browsers',
    access: 'logged-in',
    limit: 'log-ins',
    answer: z.object({ told: z.int(), failed: z.int() }),
    run: async ({ principal }, { db, push, log }) => {
      const userId = principal.user?.id ?? null
      if (userId === null || push === null) return ok({ told: 0, failed: 0 })
      const rows = await listPushSubscriptions(db, { userId })
      const message = { title: 'Paikea', body: 'This browser receives alerts.', path: '/setup/alerts', tag: 'test' }
      const ends = await Promise.allSettled(rows.map((row) => push.send(row, message)))
      const failed = ends.filter((end) => end.status === 'rejected')
      for (const { reason } of failed) log.warn('push.test-failed', describeError(reason))
      const told = ends.filter((end) => end.status === 'fulfilled' && end.value === 'sent').length
      return ok({ told, failed: rows.length - told })
    },
  }),
] as const

/** Only a user's session can register a browser; a token cannot. */
function ofSession<P extends { readonly session: unknown; readonly ownerUserId: number | null }>(principal: P): P {
  return principal.session === null ? { ...principal, ownerUserId: null } : principal
}
