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

/** Longer than a page of the database takes, shorter than a sleeping laptop keeps its connections. */
const STALLED_MS = 60_000

/** What stands before every route. */
export interface Gatekeepers {
  /** Charges a request to its address. @throws ApiError 429 */
  charge(limit: Limit, ctx: ApiContext): Promise<void>
  /** Finds out who asks and applies the rule. @throws ApiError 401, 403 */
  admit(access: Access, ctx: ApiContext): Promise<Principal | null>
  /** Where reads wait for each other. */
  readonly reads: Gate
  /** Where exports do: they take long, and lists must not wait for them. */
  readonly exports: Gate
  /** How long an export's reader may take nothing before it is cut off: it holds one of few places. @default 60000 */
  readonly stalledMs?: number
  readonly log: Log
  /** Told of each answer and the time it took. @default nobody is */
  readonly onAnswered?: (
    answer: { readonly method: string; readonly route: string; readonly status: number },
    seconds: number,
  ) => void
}

/** Puts routes behind their addresses: limit, log-in, access, validation, then the work. */
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
  // In this order: Koa sets a status of its own when a body is given or taken away.
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

/** The work's result as soon as it is there; the place is kept until the answer has ended: most of a file is read while it is sent. */
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

/** Whether an answer is one that a program may hold on to and ask for again: JSON that was read, and is not told by its route. */
function isTellable(route: Route<never>, { status, headers, body }: Answer<unknown>): boolean {
  const isJson = route.method === 'GET' && status === 200 && typeOf(route) === JSON_TYPE
  return (
    isJson && typeof body === 'object' && body !== null && !Buffer.isBuffer(body) && headers?.['ETag'] === undefined
  )
}

/** 304 without a body where the caller has this very answer (`If-None-Match`). */
function answerIfChanged(ctx: ApiContext, route: Route<never>, body: unknown): void {
  const text = JSON.stringify(body)
  // Weak: the proxy may pack it. No secret is in it, so what is fast will do.
  const etag = `W/"${createHash('sha1').update(text).digest('base64url')}"`
  ctx.set('ETag', etag)
  // Not `ctx.fresh`: `fetch` sends `Cache-Control: no-cache` with a condition of the caller's own, which is for caches.
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

/** Also told of the end of an answer, after which nobody listens. */
function signalOf({ res }: ApiContext): AbortSignal {
  const leaving = new AbortController()
  const leave = (): void => leaving.abort(new ApiError(503, 'not-in-time', 'Nobody is waiting for this any more.'))
  if (res.destroyed) leave()
  else res.once('close', leave)
  return leaving.signal
}
