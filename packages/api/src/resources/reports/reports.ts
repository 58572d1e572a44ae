import { findDevice, listReports } from '@paikea/database'
import { allow } from '../../auth/authenticate.ts'
import { notFound } from '../../http/api-error.ts'
import type { ApiRouter } from '../../http/context.ts'
import { decodeCursor, toPage } from '../../http/cursor.ts'
import type { ResourceDeps } from '../../http/dependencies.ts'
import { handle, ok } from '../../http/handle.ts'
import { presentReport } from './presenter.ts'
import { DeviceParams, ListReportsQuery, ReportPage } from './schema.ts'

/** What a device reported: `/v1/devices/{iam}/reports`. */
export function reportRoutes(router: ApiRouter, { db, auth, limits }: ResourceDeps): void {
  router.get(
    '/v1/devices/:iam/reports',
    limits.reads,
    auth.authenticate,
    allow('viewer'),
    handle(
      {
        summary: 'Reports of a device, newest first',
        params: DeviceParams,
        query: ListReportsQuery,
        answer: ReportPage,
      },
      async ({ params, query, scope }) => {
        const { from, to, limit } = query
        const keyset = decodeCursor(query.cursor, 'timed')
        const device = await findDevice(db, { scope, iam: params.iam })
        if (device === null) throw notFound('device')
        const rows = await listReports(db, { deviceId: device.id, from, to, after: keyset, limit: limit + 1 })
        return ok(toPage(rows, limit, ({ at, id }) => ({ at, id }), presentReport))
      },
    ),
  )
}
