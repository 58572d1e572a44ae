import { z } from 'zod'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'

const route = routeFor<Pick<Services, 'auth' | 'databaseHealth' | 'temporalHealth' | 'version' | 'collect'>>()

const PartSchema = z.object({ state: z.string(), reason: z.string().optional(), detail: z.string().optional() })

/** Anonymous callers get `status` alone. */
const ReadinessSchema = z.looseObject({
  status: z.enum(['ready', 'degraded', 'not-ready']),
  version: z.string().optional(),
  database: PartSchema.optional(),
  temporal: PartSchema.optional(),
})

/** Endpoints for probes and devices. */
export const healthRoutes = [
  route({
    method: 'GET',
    path: '/healthz',
    summary: 'The process is alive',
    access: 'anyone',
    limit: 'none',
    answer: z.object({ status: z.literal('ok') }),
    run: async () => ok({ status: 'ok' as const }),
  }),

  route({
    method: 'GET',
    path: '/readyz',
    summary: 'Whether messages can be accepted: 503 if not; details for logged-in callers',
    access: 'anyone',
    limit: 'none',
    answer: ReadinessSchema,
    run: async ({ ctx }, { auth, databaseHealth, temporalHealth, version, collect }) => {
      const database = await databaseHealth()
      const temporal = temporalHealth()
      // Either of the two can keep a message; without both, the vendor has to.
      const isReady = database.state === 'up' || temporal.state === 'up'
      const isWhole = database.state === 'up' && temporal.state === 'up'
      const status = isReady ? (isWhole ? ('ready' as const) : ('degraded' as const)) : ('not-ready' as const)
      const who = await auth.identify(ctx).catch(() => null)
      return {
        status: isReady ? 200 : 503,
        body: who === null ? { status } : { status, version, database, temporal, ...collect() },
      }
    },
  }),

  route({
    method: 'GET',
    path: '/connection/hc',
    summary: 'Connectivity check for devices',
    access: 'anyone',
    limit: 'none',
    answer: z.literal('OK'),
    answerType: 'text/plain',
    // A device that reads anything but these two bytes drops its Wi-Fi connection.
    run: async () => ok('OK' as const),
  }),
] as const
