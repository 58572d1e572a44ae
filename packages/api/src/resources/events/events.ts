import { allow } from '../../auth/authenticate.ts'
import { scopeOf } from '../../auth/principal.ts'
import { ApiError } from '../../http/api-error.ts'
import type { ApiRouter } from '../../http/context.ts'
import type { ResourceDeps } from '../../http/dependencies.ts'
import type { LivePoll } from '../../live/poll.ts'
import { openStream } from './stream.ts'

/** Open pages of one person or program; more is a page that forgot to close. */
const MAX_STREAMS_OF_ONE = 30

/** What the stream works with. */
export interface EventDeps extends Pick<ResourceDeps, 'hub'> {
  readonly limits: Pick<ResourceDeps['limits'], 'reads'>
  readonly auth: Pick<ResourceDeps['auth'], 'authenticate' | 'identify'>
  readonly poll: Pick<LivePoll, 'ready'>
}

/** What happens, as it happens: `/v1/events`, server-sent events. */
export function eventRoutes(router: ApiRouter, deps: EventDeps): void {
  const { hub, auth, limits, poll } = deps
  const takePlace = createPlaces(MAX_STREAMS_OF_ONE)

  router.get('/v1/events', limits.reads, auth.authenticate, allow('viewer'), async (ctx) => {
    const { principal } = ctx.state
    if (principal === undefined) throw new ApiError(401, 'not-logged-in', 'Log in first.')
    // Taken before anything is waited for: else a hundred that ask at once would each find none open.
    const leave = takePlace(principal.actor)
    if (leave === null) throw tooMany()
    // However it ends: as a stream, with an error, or told that it takes too long.
    ctx.res.once('close', leave)
    let isOpen = false
    try {
      if (ctx.method === 'HEAD') {
        ctx.status = 200
        return
      }
      await poll.ready()
      // Whoever asked is gone, or has been told meanwhile that it takes too long: nobody would end the stream.
      if (ctx.res.destroyed || ctx.headerSent) return
      const stream = openStream({
        hub,
        res: ctx.res,
        scope: scopeOf(principal),
        // The session may end, or the role change, while the page stays open.
        renew: async () => {
          const now = await auth.identify(ctx)
          return now === null ? null : scopeOf(now)
        },
        hasMissedSome: ctx.get('last-event-id') !== '',
      })
      if (stream === null) throw tooMany()
      isOpen = true
      // From here on the answer is the stream's.
      ctx.respond = false
    } finally {
      // Who left before the place was taken is told of no close any more.
      if (!isOpen) leave()
    }
  })
}

/** Counts who holds a place: gives what frees it, however often it is called, or `null` where all are taken. */
function createPlaces(limit: number): (holder: string) => (() => void) | null {
  const takenBy = new Map<string, number>()
  return (holder) => {
    const taken = takenBy.get(holder) ?? 0
    if (taken >= limit) return null
    takenBy.set(holder, taken + 1)
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      const left = (takenBy.get(holder) ?? 1) - 1
      if (left <= 0) takenBy.delete(holder)
      else takenBy.set(holder, left)
    }
  }
}

function tooMany(): ApiError {
  return new ApiError(503, 'too-many-streams', 'Too many pages are open.', { headers: { 'Retry-After': '10' } })
}
