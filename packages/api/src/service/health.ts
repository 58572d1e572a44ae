import { isUnavailable, type Database } from '@paikea/database'
import { withDeadline } from '../http/deadline.ts'
import type { ApiContext, ApiRouter } from '../http/context.ts'
import type { ResourceDeps } from '../http/dependencies.ts'

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

const PING_TIMEOUT_MS = 2000
/** Whoever asks within this time gets the same answer: asking is no way to load the database. */
const PING_VALID_MS = 500

/** `/healthz`: the process lives. `/readyz`: it can take messages. `/connection/hc`: what a device asks. */
export function healthRoutes(router: ApiRouter, deps: HealthDeps): void {
  const { auth, temporalHealth, version, details } = deps
  const pingDatabase = createPing(deps.db)

  router.get('/healthz', async (ctx) => {
    answer(ctx, 200, { status: 'ok' })
  })

  router.get('/readyz', async (ctx) => {
    const database = await pingDatabase()
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

interface DatabaseHealth {
  readonly state: 'up' | 'down'
  readonly detail?: string
}

function createPing(db: Database): () => Promise<DatabaseHealth> {
  let last: { readonly at: number; readonly result: Promise<DatabaseHealth> } | null = null
  return () => {
    const now = Date.now()
    if (last === null || now - last.at > PING_VALID_MS) last = { at: now, result: ping(db) }
    return last.result
  }
}

async function ping(db: Database): Promise<DatabaseHealth> {
  try {
    await withDeadline(db.ping(), PING_TIMEOUT_MS)
    return { state: 'up' }
  } catch (error) {
    return { state: 'down', detail: isUnavailable(error) ? 'cannot be reached' : 'does not answer in time' }
  }
}
