import type { ApiContext, ApiRouter } from '../http/context.ts'
import type { ResourceDeps } from '../http/dependencies.ts'
import { createDatabaseHealth } from './database-health.ts'

/** How it stands with the workflow server, as its connection knows it; asked without waiting. */
export interface TemporalHealth {
  readonly state: 'up' | 'down' | 'unknown'
  readonly detail?: string
}

/** What readiness is worked out from. */
export interface HealthDeps extends Pick<ResourceDeps, 'db' | 'auth'> {
  readonly temporalHealth: () => TemporalHealth
  readonly version: string
  /** More for the logged-in: queues, counters. */
  readonly details: () => object
}

/** `/healthz`: the process lives. `/readyz`: it can take messages. `/connection/hc`: what a device asks. */
export function healthRoutes(router: ApiRouter, deps: HealthDeps): void {
  const { auth, temporalHealth, version, details } = deps
  const databaseHealth = createDatabaseHealth(deps.db)

  router.get('/healthz', async (ctx) => {
    answer(ctx, 200, { status: 'ok' })
  })

  router.get('/readyz', async (ctx) => {
    const database = await databaseHealth()
    const temporal = temporalHealth()
    // Either of the two can keep a message; without both the vendor has to.
    const isReady = database.state === 'up' || temporal.state === 'up'
    const isWhole = database.state === 'up' && temporal.state === 'up'
    const status = isReady ? (isWhole ? 'ready' : 'degraded') : 'not-ready'
    const who = await auth.identify(ctx).catch(() => null)
    answer(ctx, isReady ? 200 : 503, who === null ? { status } : { status, version, database, temporal, ...details() })
  })

  router.get('/connection/hc', async (ctx) => {
    ctx.type = 'text/plain'
    ctx.body = 'OK'
  })
}

function answer(ctx: ApiContext, status: number, body: object): void {
  ctx.body = body
  ctx.status = status
  ctx.set('Cache-Control', 'no-store')
}
