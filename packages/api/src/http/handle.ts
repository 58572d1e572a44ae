import type { GroupScope } from '@paikea/database'
import type { z } from 'zod'
import { scopeOf, type Principal } from '../auth/principal.ts'
import { ApiError } from './api-error.ts'
import type { ApiContext, ApiMiddleware } from './context.ts'
import { readJson } from './read-json.ts'
import { parseOrThrow } from './validate.ts'

/** What a handler returns. */
export interface Answer<T> {
  readonly status: number
  readonly body: T
  readonly headers?: Readonly<Record<string, string>>
}

/** 200 with a body. */
export function ok<T>(body: T): Answer<T> {
  return { status: 200, body }
}

/** 201 with the new thing and where it is. */
export function created<T>(body: T, location: string): Answer<T> {
  return { status: 201, body, headers: { Location: location } }
}

/** 204. */
export function noContent(): Answer<undefined> {
  return { status: 204, body: undefined }
}

/** The shapes of one endpoint: what is read from the request, and for the OpenAPI document what comes back. */
export interface EndpointShape<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> {
  readonly summary: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** `undefined` where nothing comes back. */
  readonly answer?: A
  /** @default 200 */
  readonly status?: number
}

interface Input<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
}

/** A valid request of anybody. */
export interface OpenRequest<P, Q, B> extends Input<P, Q, B> {
  readonly ctx: ApiContext
}

/** A request that passed its chain: known caller, valid input. */
export interface HandlerRequest<P, Q, B> extends OpenRequest<P, Q, B> {
  readonly principal: Principal
  /** Groups the caller may read. */
  readonly scope: GroupScope
}

/** What the OpenAPI document says of one endpoint. */
export interface EndpointDocument {
  readonly shape: EndpointShape<z.ZodType, z.ZodType, z.ZodType, z.ZodType>
  readonly needsLogIn: boolean
}

const documents = new WeakMap<object, EndpointDocument>()

/** What a chain's last link was built with. */
export function documentOf(middleware: object | undefined): EndpointDocument | undefined {
  return middleware === undefined ? undefined : documents.get(middleware)
}

/**
 * Last link of a chain: validates, then does the work.
 * The answer's type is that of the `answer` schema, so a presenter cannot drift from the document.
 *
 * @throws ApiError with every field at fault
 */
export function handle<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodUndefined,
>(
  shape: EndpointShape<P, Q, B, A>,
  work: (request: HandlerRequest<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer<z.output<A>>>,
): ApiMiddleware {
  return finish(shape, true, async (input, ctx) => {
    const principal = ctx.state.principal
    // Only a route that forgot its `authenticate` gets here without one.
    if (principal === undefined) throw new ApiError(401, 'not-logged-in', 'Log in first.')
    return await work({ ...input, principal, scope: scopeOf(principal), ctx })
  })
}

/** The same for an endpoint that everybody may call. */
export function handleOpen<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodUndefined,
>(
  shape: EndpointShape<P, Q, B, A>,
  work: (request: OpenRequest<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer<z.output<A>>>,
): ApiMiddleware {
  return finish(shape, false, (input, ctx) => work({ ...input, ctx }))
}

function finish<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
  shape: EndpointShape<P, Q, B, A>,
  needsLogIn: boolean,
  run: (input: Input<z.output<P>, z.output<Q>, z.output<B>>, ctx: ApiContext) => Promise<Answer<z.output<A>>>,
): ApiMiddleware {
  const middleware: ApiMiddleware = async (ctx) => {
    const params = parseOrThrow(shape.params, ctx.params, 400)
    const query = parseOrThrow(shape.query, { ...ctx.query }, 400)
    const body = shape.body === undefined ? undefined : parseOrThrow(shape.body, await readJson(ctx), 422)
    // `undefined` stands for a schema that was not given; its type parameter is then that of `undefined` as well.
    const input = { params, query, body } as Input<z.output<P>, z.output<Q>, z.output<B>>
    const answer = await run(input, ctx)
    for (const [name, value] of Object.entries(answer.headers ?? {})) ctx.set(name, value)
    ctx.set('Cache-Control', 'no-store')
    // In this order: Koa sets a status of its own when a body is given or taken away.
    ctx.body = answer.body
    ctx.status = answer.status
  }
  documents.set(middleware, { shape, needsLogIn })
  return middleware
}
