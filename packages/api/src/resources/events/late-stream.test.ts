import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Router from '@koa/router'
import Koa from 'koa'
import type { ApiMiddleware, ApiState } from '../../http/context.ts'
import { answerErrors } from '../../http/error-middleware.ts'
import { silentLog } from '../../http/log.ts'
import { createLiveHub } from '../../live/hub.ts'
import { eventRoutes } from './events.ts'

const principal = { actor: 'user:1', user: null, isSystemAdmin: true, roles: new Map(), session: null }
const pass: ApiMiddleware = (_ctx, next) => next()

describe('/v1/events', () => {
  it('opens no stream for whom it was too late: nobody would ever end it', async () => {
    const hub = createLiveHub()
    let becomeReady: () => void = () => undefined
    const ready = new Promise<void>((resolve) => (becomeReady = resolve))
    const router = new Router<ApiState>()
    eventRoutes(router, {
      hub,
      poll: { ready: () => ready },
      limits: { reads: pass },
      auth: {
        authenticate: (ctx, next) => {
          ctx.state.principal = principal
          return next()
        },
        identify: () => Promise.resolve(principal),
      },
    })
    const app = new Koa<ApiState>()
    app.use(answerErrors(silentLog, 50))
    app.use(router.routes())
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    // A server that listens on a port has this kind of address.
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/events`
    try {
      const answer = await fetch(url)
      expect(await answer.json()).toMatchObject({ code: 'not-in-time' })
      becomeReady()
      await new Promise((resolve) => setImmediate(resolve))
      expect(hub.watcherCount()).toBe(0)
      const stream = await fetch(url)
      expect(stream.status).toBe(200)
      expect(hub.watcherCount()).toBe(1)
      await stream.body?.cancel()
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
