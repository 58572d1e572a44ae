import { listReports } from '@paikea/database'
import { decodeCursor, toPage } from '../../http/cursor.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { needDevice } from '../devices/need-device.ts'
import { presentReport } from './presenter.ts'
import { DeviceParams, ListReportsQuery, ReportPage } from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'reader'>>()

/** Reports of a device. */
export const reportRoutes = [
  route({
    method: 'GET',
    path: '/v1/devices/:iam/reports',
    summary: 'Reports of a device, newest first',
    access: 'viewer',
    limit: 'reads',
    params: DeviceParams,
    query: ListReportsQuery,
    answer: ReportPage,
    problems: ['invalid-cursor'],
    run: async ({ params, query, scope }, { db, reader }) => {
      const { from, to, limit } = query
      const keyset = decodeCursor(query.cursor, 'timed')
      const device = await needDevice(db, scope, params.iam)
      // The first page must show what has just arrived, so it is never read from a replica.
      const rows = await listReports(keyset === null ? db : reader(), {
        deviceId: device.id,
        from,
        to,
        after: keyset,
        limit: limit + 1,
      })
      return ok(toPage(rows, limit, ({ at, id }) => ({ at, id }), presentReport))
    },
  }),
] as const
