import { countStates } from '@paikea/database'
import { z } from 'zod'
import type { StateCount } from '../../metrics/metrics.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import { describeError } from '../../http/log.ts'
import type { Services } from '../../services.ts'

const route = routeFor<Pick<Services, 'db' | 'collect' | 'metrics' | 'log'>>()

/** Metrics for Prometheus. */
export const metricsRoutes = [
  route({
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics in the Prometheus text format',
    access: 'scraper',
    limit: 'none',
    answer: z.string(),
    answerType: 'text/plain; version=0.0.4; charset=utf-8',
    run: async (_request, { db, collect, metrics, log }) => ok(await metrics.write(collect(), await states(db, log))),
  }),
] as const

/** Gauges that only the database knows. Without it the process's own metrics are still worth returning. */
async function states(db: Services['db'], log: Services['log']): Promise<readonly StateCount[]> {
  try {
    const { deliveries, alerts, waiting, devices } = await countStates(db, { now: new Date() })
    return [
      { name: 'deliveries_open', help: 'Deliveries that are not finished', label: 'state', counts: deliveries },
      { name: 'alerts_open', help: 'Open alerts', label: 'kind', counts: alerts },
      {
        name: 'waiting_seconds',
        help: 'Age of the oldest pending item: a message not acted on, a delivery not finished',
        label: 'what',
        counts: waiting,
      },
      {
        name: 'devices',
        help: 'Approved devices, by time since they were last heard',
        label: 'heard',
        counts: devices,
      },
    ]
  } catch (error) {
    log.warn('metrics.without-database', describeError(error))
    return []
  }
}
