import { z } from 'zod'
import { allow } from '../auth/authenticate.ts'
import type { ApiRouter } from '../http/context.ts'
import type { ResourceDeps } from '../http/dependencies.ts'
import { presentTime, TimeSchema } from '../http/fields.ts'
import { handle, ok } from '../http/handle.ts'
import type { RefusalCounter } from '../webhooks/refusals.ts'

const RefusalsSchema = z.object({
  /** Since the start of this process. */
  total: z.int(),
  items: z.array(
    z.object({ address: z.string(), count: z.int(), lastReason: z.string(), firstAt: TimeSchema, lastAt: TimeSchema }),
  ),
  nextCursor: z.null(),
})

/** Deliveries that were not let in, by sender: `/v1/service/refusals`. */
export function refusalRoutes(
  router: ApiRouter,
  { auth, limits, refusals }: Pick<ResourceDeps, 'auth' | 'limits'> & { readonly refusals: RefusalCounter },
): void {
  router.get(
    '/v1/service/refusals',
    limits.reads,
    auth.authenticate,
    allow('operator'),
    handle({ summary: 'Deliveries that were not let in, by sender, latest first', answer: RefusalsSchema }, async () =>
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
    ),
  )
}
