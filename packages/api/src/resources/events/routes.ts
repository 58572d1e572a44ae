import { scopeOf } from '@paikea/operations'
import { z } from 'zod'
import { ApiError } from '../../http/api-error.ts'
import { TAKEN_OVER } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { openStream } from './stream.ts'

/** What the stream needs. */
export type EventServices = Pick<Services, 'hub' | 'auth' | 'live' | 'streamPlaces'>

const route = routeFor<EventServices>()

/** Live events as server-sent events. */
export const eventRoutes = [
  route({
    method: 'GET',
    path: '/v1/events',
    summary: 'The live event stream',
    access: 'viewer',
    limit: 'reads',
    queue: 'own',
    answer: z.string(),
    answerType: 'text/event-stream',
    problems: ['too-many-streams'],
    run: async ({ ctx, principal }, { hub, auth, live, streamPlaces }) => {
      // Taken before the first await: otherwise a hundred concurrent requests would each see a free place.
      const leave = streamPlaces.take(principal.account)
      if (leave === null) throw tooMany()
      // However it ends: as a stream, with an error, or by the time limit.
      ctx.res.once('close', leave)
      let isOpen = false
      try {
        if (ctx.method === 'HEAD') {
          ctx.status = 200
          return TAKEN_OVER
        }
        await live.ready()
        // The client has left, or the time limit has answered: nothing would ever end the stream.
        if (ctx.res.destroyed || ctx.headerSent) return TAKEN_OVER
        const lastEventId = ctx.get('last-event-id')
        const stream = openStream({
          hub,
          res: ctx.res,
          scope: scopeOf(principal),
          // The session may end, or the role change, while the page stays open.
          renew: async () => {
            const now = await auth.identify(ctx)
            return now === null ? null : scopeOf(now)
          },
          missed: lastEventId === '' ? null : (caughtUp) => live.since(lastEventId, caughtUp),
        })
        if (stream === null) throw tooMany()
        isOpen = true
        // From here on the stream owns the response.
        ctx.respond = false
        return TAKEN_OVER
      } finally {
        // If the client left before the place was taken, no further `close` event will come.
        if (!isOpen) leave()
      }
    },
  }),
] as const

function tooMany(): ApiError {
  return new ApiError(503, 'too-many-streams', 'Too many pages are open.', { headers: { 'Retry-After': '10' } })
}
