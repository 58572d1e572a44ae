import { SILENT_LOG } from '@paikea/domain'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Router from '@koa/router'
import Koa from 'koa'
import type { Principal } from '../src/auth/principal.ts'
import { answerErrors } from '../src/http/error-middleware.ts'
import { createGate } from '@paikea/operations'
import { createLiveHub, type LiveHub } from '../src/live/hub.ts'
import { createStreamPlaces } from '../src/live/places.ts'
import { type EventServices, eventRoutes } from '../src/resources/events/routes.ts'
import { mountRoutes } from '../src/route-table/mount.ts'

/** `/v1/events` alone, on a port of its own. */
export interface EventApp {
  readonly url: string
  readonly hub: LiveHub
  /** So many have asked until now. */
  requestCount(): number
  close(): void
}

const principal: Principal = {
  actor: 'user/1',
  address: null,
  user: null,
  account: 'user/1',
  ownerUserId: 1,
  isSystemAdmin: true,
  roles: new Map(),
  isHeldBack: false,
  session: null,
}

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
  const router = new Router()
  const services: EventServices = {
    hub,
    live: { look: () => undefined, ready: options.ready, since: () => Promise.resolve(null) },
    streamPlaces: createStreamPlaces(),
    auth: { identify: () => Promise.resolve(principal) },
  }
  const gatekeepers = {
    charge: () => Promise.resolve(),
    admit: async (_access: unknown, ctx: { readonly res: ServerResponse }) => {
      requests += 1
      await options.authenticate?.(ctx.res)
      return principal
    },
    reads: createGate({ concurrency: 1, maxWaiting: 0 }),
    exports: createGate({ concurrency: 1, maxWaiting: 0 }),
    log: SILENT_LOG,
  }
  mountRoutes(router, eventRoutes, gatekeepers, services)
  const app = new Koa()
  app.use(answerErrors(SILENT_LOG, options.deadlineMs ?? 5000))
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
