import type { GroupScope } from '@paikea/database'
import type { z } from 'zod'
import type { Principal } from '../auth/principal.ts'
import type { ApiContext } from '../http/context.ts'
import type { ProblemCode } from '../http/problem-codes.ts'
import type { Access } from './access.ts'
import type { Answer, TAKEN_OVER } from './answer.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Which of its address's budgets a request is charged to; `none` for probes. */
export type Limit = 'reads' | 'writes' | 'log-ins' | 'none'

/**
 * Where a request queues under load: with all other reads, with the other streamed files (until the last byte has
 * gone), or as the route itself arranges.
 */
export type Queue = 'reads' | 'exports' | 'own'

/** What a client needs to know about a route; exists only at compile time. */
export interface RouteContract {
  readonly method: Method
  readonly path: string
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
  readonly answer: unknown
}

/** A request that passed rate limit, authentication, access and validation. */
export interface RouteRequest<P, Q, B, Who> {
  readonly ctx: ApiContext
  readonly params: P
  readonly query: Q
  readonly body: B
  /** The caller; `null` on routes for anyone, or for scrapers. */
  readonly principal: Who
  /** Groups the caller may read; empty for anonymous callers. */
  readonly scope: GroupScope
  /** Aborts when the client has left or the time limit has answered: work for nobody can stop. */
  readonly signal: AbortSignal
}

/** The type of caller that this access rule admits. */
type Caller<A extends Access> = A extends 'anyone' | 'scraper' ? null : Principal

/** A route as a resource declares it. */
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
  /** In the router's syntax: `/v1/devices/:iam`. */
  readonly path: Path
  /** One line, for the OpenAPI document. */
  readonly summary: string
  readonly access: A
  readonly limit: Limit
  /** @default `reads` for reads, `own` for changes, which queue at the database */
  readonly queue?: Queue
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** Omitted if there is no body. */
  readonly answer?: Out
  /** Media types of the response; a route with several sets the type itself. @default application/json */
  readonly answerType?: string | readonly string[]
  /** Success status; several if the resource may already exist. @default 200 */
  readonly status?: number | readonly number[]
  /** Codes besides those implied by access, limit and schemas. @default none */
  readonly problems?: readonly ProblemCode[]
  readonly run: (
    request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>, Caller<A>>,
    services: Services,
  ) => Promise<Answer<z.output<Out>> | typeof TAKEN_OVER>
}

/** A route as data, from which mounting, OpenAPI, rate limits, the typed client and the refusal matrix are derived. */
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
  /** Never set: carries the type. */
  readonly contract?: C
}

/**
 * Returns a function that declares routes which use these services. The handler's result is typed by the `answer`
 * schema, so a presenter cannot drift from the document.
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
    // The mounter validates with these very schemas and applies this very rule before it calls.
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
