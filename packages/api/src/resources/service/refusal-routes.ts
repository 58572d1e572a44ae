import { z } from 'zod'
import { presentTime, TimeSchema } from '../../http/fields.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'

const RefusalsSchema = z.object({
  /** Since this process started. */
  total: z.int(),
  items: z.array(
    z.object({ address: z.string(), count: z.int(), lastReason: z.string(), firstAt: TimeSchema, lastAt: TimeSchema }),
  ),
  nextCursor: z.null(),
})

const route = routeFor<Pick<Services, 'refusals'>>()

/** Refused deliveries. */
export const refusalRoutes = [
  route({
    method: 'GET',
    path: '/v1/service/refusals',
    summary: 'Refused deliveries, by sender, latest first',
    access: 'operator',
    limit: 'reads',
    answer: RefusalsSchema,
    run: async (_request, { refusals }) =>
      ok({
        total: refusals.total(),
        items: refusals.list().map(({ address, count, lastReason, firstAt, lastAt }) => ({
          address,
          count,
          lastReason,
          firstAt: presentTime(firstAt),
          lastAt: presentTime(lastAt),
        })),
        nextCursor: null,
      }),
  }),
] as const
