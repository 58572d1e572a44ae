import { listFleet } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentDevice } from '../devices/presenter.ts'
import { FleetSchema } from './schema.ts'

const route = routeFor<Pick<Services, 'db'>>()

/** Every device with its last fix, one answer for the map. */
export const fleetRoutes = [
  route({
    method: 'GET',
    path: '/v1/fleet',
    summary: 'Every device with its last fix, by name',
    access: 'viewer',
    limit: 'reads',
    answer: FleetSchema,
    run: async ({ scope }, { db }) => {
      const now = new Date()
      const rows = await listFleet(db, { scope })
      return ok({ items: rows.map((row) => presentDevice(row, now)), nextCursor: null, at: presentTime(now) })
    },
  }),
] as const
