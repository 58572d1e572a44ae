import { createHash } from 'node:crypto'
import type { Log } from '@paikea/domain'
import { scopeOf, type Gate } from '@paikea/operations'
import type { Principal } from '../auth/principal.ts'
import type { ApiContext, ApiRouter } from '../http/context.ts'
import { ApiError } from '../http/api-error.ts'
import { toApiError } from '../http/problem.ts'
import { readJson } from '../http/read-json.ts'
import { parseOrThrow } from '../http/validate.ts'
import type { Access } from './access.ts'
import { type Answer, TAKEN_OVER } from './answer.ts'
import { problemsOf } from './problems-of.ts'
import type { Limit, Queue, Route, RouteRequest } from './route.ts'

/** Longer than reading a page from the database takes, shorter than a sleeping laptop keeps its connections. */
const STALLED_MS = 60_000

/** The checks in front of every route. */
export interface Gatekeepers {
  /** Charges a request to its address's budget. @throws ApiError 429 */
  charge(limit: Limit, ctx: ApiContext): Promise<void>
  /** Identifies the caller and applies the access rule. @throws ApiError 401, 403 */
  admit(access: Access, ctx: ApiContext): Promise<Principal | null>
  /** Bounds concurrent reads. */
  readonly reads: Gate
  /** Bounds concurrent exports separately: they take long, and lists must not wait for them. */
  readonly exports: Gate
  /**
   * How long an export's client may read nothing before it is disconnected: it holds one of few places. @default 60000
   */
  readonly stalledMs?: number
  readonly log: Log
  /** Called with each response and its duration. @default not called */
  readonly onAnswered?: (
    answer: { readonly method: string; readonly route: string; readonly status: number },
    seconds: number,
  ) => void
}

/** Mounts routes: rate limit, authentication, access, validation, then the handler. */
export function mountRoutes<Services>(
  router: ApiRouter,
  routes: readonly Route<Services>[],
  gatekeepers: Gatekeepers,
  services: Services,
): void {
  for (const route of routes) {
    const known = new Set<string>(problemsOf(route))
    router.register(route.path, [route.method], async (ctx) => {
      const startedMs = performance.now()
      let refusedWith: number | null = null
      try {
        await answer(ctx, route, gatekeepers, services)
      } catch (error) {
        const { code, status } = toApiError(error)
        refusedWith = status
        if (!known.has(code)) gatekeepers.log.warn('http.undeclared-problem', { route: route.path, code })
        throw error
      } finally {
        const { method, path } = route
        const status = refusedWith ?? ctx.status
        gatekeepers.onAnswered?.({ method, route: path, status }, (performance.now() - startedMs) / 1000)
      }
    })
  }
}

async function answer<Services>(
  ctx: ApiContext,
  route: Route<Services>,
  gatekeepers: Gatekeepers,
  services: Services,
): Promise<void> {
  await gatekeepers.charge(route.limit, ctx)
  const principal = await gatekeepers.admit(route.access, ctx)
  const request: RouteRequest<unknown, unknown, unknown, Principal | null> = {
    ctx,
    params: parseOrThrow(route.params, ctx.params, 400),
    query: parseOrThrow(route.query, { ...ctx.query }, 400),
    body:
      route.body === undefined
        ? undefined
        : parseOrThrow(route.body, await readJson(ctx, { isStranger: principal === null }), 422),
    principal,
    scope: principal === null ? { groupIds: [] } : scopeOf(principal),
    signal: signalOf(ctx),
  }
  const run = () => route.run(request, services)
  const result = await queued(route.queue, run, gatekeepers, request)
  if (result === TAKEN_OVER) return
  ctx.set('Cache-Control', 'no-store')
  for (const [name, value] of Object.entries(result.headers ?? {})) ctx.set(name, value)
  if (isTellable(route, result)) {
    answerIfChanged(ctx, route, result.body)
    return
  }
  // In this order: Koa sets its own status whenever a body is set or removed.
  ctx.body = result.body
  ctx.status = result.status
  if (result.body !== undefined) ctx.type = typeOf(route)
}

function queued<T>(
  queue: Queue,
  run: () => Promise<T>,
  gatekeepers: Pick<Gatekeepers, 'reads' | 'exports' | 'stalledMs'>,
  { ctx, signal }: { readonly ctx: ApiContext; readonly signal: AbortSignal },
): Promise<T> {
  switch (queue) {
    case 'own':
      return run()
    case 'reads':
      return gatekeepers.reads.run(run, signal)
    case 'exports':
      ctx.res.setTimeout(gatekeepers.stalledMs ?? STALLED_MS, () => ctx.res.destroy())
      return untilSent(gatekeepers.exports, run, signal)
  }
}

/**
 * Resolves with the result at once but holds the place until the response has ended: most of a file is read while it is
 * sent.
 */
function untilSent<T>(gate: Gate, run: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const work = gate.run(async () => {
      resolve(await run())
      await ended(signal)
    }, signal)
    work.catch(reject)
  })
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Whether a response is eligible for an ETag: JSON from a read whose route does not set its own. */
function isTellable(route: Route<never>, { status, headers, body }: Answer<unknown>): boolean {
  const isJson = route.method === 'GET' && status === 200 && typeOf(route) === JSON_TYPE
  return (
    isJson && typeof body === 'object' && body !== null && !Buffer.isBuffer(body) && headers?.['ETag'] === undefined
  )
}

/** 304 without a body if the caller already has this response (`If-None-Match`). */
function answerIfChanged(ctx: ApiContext, route: Route<never>, body: unknown): void {
  const text = JSON.stringify(body)
  // Weak: a proxy may compress it. It protects no secret, so a fast hash will do.
  const etag = `W/"${createHash('sha1').update(text).digest('base64url')}"`
  ctx.set('ETag', etag)
  // Not `ctx.fresh`: `fetch` adds `Cache-Control: no-cache`, meant for caches, to the caller's own conditional request.
  const known = ctx.get('If-None-Match').split(',')
  if (known.some((one) => one.trim() === etag)) {
    ctx.status = 304
    return
  }
  ctx.status = 200
  ctx.body = text
  ctx.type = typeOf(route)
}

const JSON_TYPE = 'application/json'

function typeOf({ answerTypes: [only = JSON_TYPE] }: Route<never>): string {
  return only
}

/** Also aborts after a complete response, when nothing listens any more. */
function signalOf({ res }: ApiContext): AbortSignal {
  const leaving = new AbortController()
  const leave = (): void => leaving.abort(new ApiError(503, 'not-in-time', 'Nobody is waiting for this any more.'))
  if (res.destroyed) leave()
  else res.once('close', leave)
  return leaving.signal
}
