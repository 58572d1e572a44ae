import { z } from 'zod'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'

/** Numbers by name; what is nested becomes part of the name. */
export type Metrics = Readonly<Record<string, unknown>>

const route = routeFor<Pick<Services, 'collect'>>()

/** For Prometheus. */
export const metricsRoutes = [
  route({
    method: 'GET',
    path: '/metrics',
    summary: 'Figures in the text form of Prometheus',
    access: 'scraper',
    limit: 'none',
    answer: z.string(),
    answerType: 'text/plain; version=0.0.4; charset=utf-8',
    run: async (_request, { collect }) => ok(formatMetrics({ ...collect(), process: processMetrics() })),
  }),
] as const

/** `{ intake: { batchesWritten: 3 } }` becomes `paikea_intake_batches_written 3`; what is no number is left out. */
export function formatMetrics(metrics: Metrics): string {
  const lines: string[] = []
  const walk = (prefix: string, value: unknown): void => {
    if (typeof value === 'number' && Number.isFinite(value)) lines.push(`${prefix} ${String(value)}`)
    else if (typeof value === 'boolean') lines.push(`${prefix} ${value ? '1' : '0'}`)
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) walk(`${prefix}_${snakeCase(name)}`, inner)
    }
  }
  walk('paikea', metrics)
  return lines.join('\n') + '\n'
}

function processMetrics(): Metrics {
  const { rss, heapUsed } = process.memoryUsage()
  return { uptimeSeconds: process.uptime(), residentMemoryBytes: rss, heapUsedBytes: heapUsed }
}

function snakeCase(name: string): string {
  return name
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
}
