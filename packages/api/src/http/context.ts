import type Router from '@koa/router'
import type { RouterContext } from '@koa/router'

export type ApiContext = RouterContext
export type ApiRouter = Router
