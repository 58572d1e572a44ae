import { notModified, prepared } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { FleetSchema } from './schema.ts'

const route = routeFor<Pick<Services, 'fleetAnswers'>>()

/** Every device with its last fix, in one response for the map. */
export const fleetRoutes = [
  route({
    method: 'GET',
    path: '/v1/fleet',
    summary: 'All devices with their last fix, by name',
    access: 'viewer',
    limit: 'reads',
    queue: 'own',
    answer: FleetSchema,
    problems: ['busy'],
    run: async ({ ctx, principal, signal }, { fleetAnswers }) => {
      const { bytes, etag } = await fleetAnswers.get(principal, signal)
      // Private to the client, and revalidated on every use.
      const headers = { ETag: etag, 'Cache-Control': 'private, no-cache', Vary: 'Authorization, Cookie' }
      const known = ctx.get('if-none-match').split(',')
      return known.some((tag) => tag.trim() === etag) ? notModified(headers) : prepared(bytes, headers)
    },
  }),
] as const
