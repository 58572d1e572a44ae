import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Router from '@koa/router'
import Koa from 'koa'
import type { ApiMiddleware, ApiState } from '../src/http/context.ts'
import { answerErrors } from '../src/http/error-middleware.ts'
import { silentLog } from '../src/http/log.ts'
import { createLiveHub, type LiveHub } from '../src/live/hub.ts'
import { eventRoutes } from '../src/resources/events/events.ts'

/** `/v1/events` alone, on a port of its own. */
export interface EventApp {
  readonly url: string
  readonly hub: LiveHub
  /** So many have asked until now. */
  requestCount(): number
  close(): void
}

const principal = { actor: 'user/1', user: null, isSystemAdmin: true, roles: new Map(), session: null }
const pass: ApiMiddleware = (_ctx, next) => next()

/** Starts the resource with one person for everybody, and a look at the database that is ready when the test says so. */
export async function startEventApp(options: {
  readonly ready: () => Promise<void>
  /** What knowing the person takes. @default no time */
  readonly authenticate?: (res: ServerResponse) => Promise<unknown>
  /** @default 5000 */
  readonly deadlineMs?: number
}): Promise<EventApp> {
  const hub = createLiveHub()
  let requests = 0
  const router = new Router<ApiState>()
  eventRoutes(router, {
    hub,
    poll: { ready: options.ready },
    limits: { reads: pass },
    auth: {
      authenticate: async (ctx, next) => {
        requests += 1
        await options.authenticate?.(ctx.res)
        ctx.state.principal = principal
        await next()
      },
      identify: () => Promise.resolve(principal),
    },
  })
  const app = new Koa<ApiState>()
  app.use(answerErrors(silentLog, options.deadlineMs ?? 5000))
  app.use(router.routes())
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    // A server that listens on a port has this kind of address.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hub,
    requestCount: () => requests,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
