import type { GroupScope } from '@paikea/database'
import type { z } from 'zod'
import type { Principal } from '../auth/principal.ts'
import type { ApiContext } from '../http/context.ts'
import type { ProblemCode } from '../http/problem-codes.ts'
import type { Access } from './access.ts'
import type { Answer, TAKEN_OVER } from './answer.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Which budget of its address a request is charged to; `none` for probes. */
export type Limit = 'reads' | 'writes' | 'log-ins' | 'none'

/**
 * Where a request's work waits while too much of it is under way: with all other reads, with the other files that are
 * streamed (until the last byte has gone), or where the route says itself.
 */
export type Queue = 'reads' | 'exports' | 'own'

/** What a program has to know of a route: exists for the compiler only. */
export interface RouteContract {
  readonly method: Method
  readonly path: string
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
  readonly answer: unknown
}

/** A request that passed limit, log-in, access and validation. */
export interface RouteRequest<P, Q, B, Who> {
  readonly ctx: ApiContext
  readonly params: P
  readonly query: Q
  readonly body: B
  /** Who asks; `null` if anyone may, or a machine. */
  readonly principal: Who
  /** Groups the caller may read; none for a stranger. */
  readonly scope: GroupScope
  /** The caller has left, or was told that it takes too long: what is done for nobody can stop. */
  readonly signal: AbortSignal
}

/** Who a route with this access is called by. */
type Caller<A extends Access> = A extends 'anyone' | 'scraper' ? null : Principal

/** A route as it is written down in a resource. */
export interface RouteDefinition<
  M extends Method,
  Path extends string,
  A extends Access,
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  Out extends z.ZodType,
  Services,
> {
  readonly method: M
  /** In the router's form: `/v1/devices/:iam`. */
  readonly path: Path
  /** One line, for the OpenAPI document. */
  readonly summary: string
  readonly access: A
  readonly limit: Limit
  /** @default reads for what is read, own for what is changed: that waits at the database */
  readonly queue?: Queue
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** Left out if nothing comes back. */
  readonly answer?: Out
  /** Media types of the answer; a route with several answers by itself. @default application/json */
  readonly answerType?: string | readonly string[]
  /** Status of success; several where the thing may be there already. @default 200 */
  readonly status?: number | readonly number[]
  /** Codes beyond those that follow from access, limit and schemas. @default none */
  readonly problems?: readonly ProblemCode[]
  readonly run: (
    request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>, Caller<A>>,
    services: Services,
  ) => Promise<Answer<z.output<Out>> | typeof TAKEN_OVER>
}

/** A route as data: mounting, OpenAPI, rate limits, the typed client and the refusal matrix read it. */
export interface Route<in Services, C extends RouteContract = RouteContract> {
  readonly method: C['method']
  readonly path: C['path']
  readonly summary: string
  readonly access: Access
  readonly limit: Limit
  readonly queue: Queue
  readonly params: z.ZodType | undefined
  readonly query: z.ZodType | undefined
  readonly body: z.ZodType | undefined
  readonly answer: z.ZodType | undefined
  readonly answerTypes: readonly string[]
  readonly statuses: readonly number[]
  readonly problems: readonly ProblemCode[]
  readonly run: (
    request: RouteRequest<unknown, unknown, unknown, Principal | null>,
    services: Services,
  ) => Promise<Answer<unknown> | typeof TAKEN_OVER>
  /** Never set. */
  readonly contract?: C
}

/**
 * Gives what writes down the routes of a resource that works with these services.
 * The answer's type is that of the `answer` schema, so a presenter cannot drift from the document.
 */
export function routeFor<Services>() {
  return <
    const M extends Method,
    const Path extends string,
    const A extends Access,
    P extends z.ZodType = z.ZodUndefined,
    Q extends z.ZodType = z.ZodUndefined,
    B extends z.ZodType = z.ZodUndefined,
    Out extends z.ZodType = z.ZodUndefined,
  >(
    definition: RouteDefinition<M, Path, A, P, Q, B, Out, Services>,
  ): Route<
    Services,
    { method: M; path: Path; params: z.input<P>; query: z.input<Q>; body: z.input<B>; answer: z.output<Out> }
  > => {
    const { method, path, summary, access, limit, params, query, body, answer } = definition
    const { answerType = 'application/json', status = 200, problems = [] } = definition
    const { queue = limit === 'reads' ? 'reads' : 'own' } = definition
    // The mounter parses by these very schemas and admits by this very rule before it calls.
    const run = definition.run as Route<Services>['run']
    return {
      method,
      path,
      summary,
      access,
      limit,
      queue,
      params,
      query,
      body,
      answer,
      answerTypes: [answerType].flat(),
      statuses: [status].flat(),
      problems,
      run,
    }
  }
}
