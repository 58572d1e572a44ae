import { ApiError } from '../http/api-error.ts'
import { isLoopback, type AddressReader } from '../http/client-address.ts'
import type { ApiContext, ApiRouter } from '../http/context.ts'
import type { ResourceDeps } from '../http/dependencies.ts'
import { isSameSecret } from '../auth/secrets.ts'

/** Numbers by name; what is nested becomes part of the name. */
export type Metrics = Readonly<Record<string, unknown>>

/** What `/metrics` works with. */
export interface MetricsDeps extends Pick<ResourceDeps, 'auth'> {
  readonly addressOf: AddressReader
  /** Lets a scraper in by `Authorization: Bearer`, beside tokens of system administrators. */
  readonly metricsToken: string | null
  readonly collect: () => Metrics
}

/** `/metrics` in Prometheus' text form: for this machine itself, or with a token. */
export function metricsRoutes(router: ApiRouter, deps: MetricsDeps): void {
  router.get('/metrics', async (ctx) => {
    if (!(await isAllowed(ctx, deps))) {
      throw new ApiError(401, 'not-logged-in', 'Ask from the machine itself, or with a token.', {
        headers: { 'WWW-Authenticate': 'Bearer realm="paikea"' },
      })
    }
    ctx.set('Cache-Control', 'no-store')
    ctx.type = 'text/plain; version=0.0.4; charset=utf-8'
    ctx.body = formatMetrics({ ...deps.collect(), process: processMetrics() })
  })
}

async function isAllowed(ctx: ApiContext, { auth, addressOf, metricsToken }: MetricsDeps): Promise<boolean> {
  // A proxy on this machine makes everybody look local; it says so by this header.
  const isProxied = ctx.get('x-forwarded-for') !== '' || ctx.get('forwarded') !== ''
  if (!isProxied && isLoopback(addressOf(ctx.req))) return true
  if (metricsToken !== null && isSameSecret(ctx.get('authorization'), `Bearer ${metricsToken}`)) return true
  return (await auth.identify(ctx))?.isSystemAdmin ?? false
}

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
