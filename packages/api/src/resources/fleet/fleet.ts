import { listFleet } from '@paikea/database'
import { allow } from '../../auth/authenticate.ts'
import type { ApiRouter } from '../../http/context.ts'
import type { ResourceDeps } from '../../http/dependencies.ts'
import { presentTime } from '../../http/fields.ts'
import { handle, ok } from '../../http/handle.ts'
import { presentDevice } from '../devices/presenter.ts'
import { FleetSchema } from './schema.ts'

/** Every device with its last fix, one answer for the map: `/v1/fleet`. */
export function fleetRoutes(router: ApiRouter, { db, auth, limits }: ResourceDeps): void {
  router.get(
    '/v1/fleet',
    limits.reads,
    auth.authenticate,
    allow('viewer'),
    handle({ summary: 'Every device with its last fix, by name', answer: FleetSchema }, async ({ scope }) => {
      const now = new Date()
      const rows = await listFleet(db, { scope })
      return ok({ items: rows.map((row) => presentDevice(row, now)), nextCursor: null, at: presentTime(now) })
    }),
  )
}
