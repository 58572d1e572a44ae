import type Router from '@koa/router'
import type { RouterContext, RouterMiddleware } from '@koa/router'
import type { Principal } from '../auth/principal.ts'

/** What the links of a route's chain leave for each other. */
export interface ApiState {
  /** Set by `authenticate`. */
  principal?: Principal
}

export type ApiContext = RouterContext<ApiState>
export type ApiMiddleware = RouterMiddleware<ApiState>
export type ApiRouter = Router<ApiState>
