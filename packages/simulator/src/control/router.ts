import Router from '@koa/router'

import type { Simulator } from '../simulator.ts'
import { faultOrderSchemaOf } from '../gateway/faults.ts'
import { jsonBody } from './body.ts'
import { deviceRoutes } from './device-routes.ts'
import { harbourRoutes } from './harbour-routes.ts'
import { iso, presentDevice, presentMt, presentWebhook } from './present.ts'
import { parseOrRefuse } from './problem.ts'
import { clockSchema, mtQuerySchema } from './schemas.ts'

/** Our own control of the simulated sea and vendor, under `/sim`. */
export function controlRouter(simulator: Simulator): Router {
  const router = new Router({ prefix: '/sim' })
  const { world, vendor, faults, webhooks, fleet, bay } = simulator

  router.get('/', (context) => {
    context.body = {
      ...presentClock(simulator),
      devices: fleet.list().map((device) => presentDevice(device, world.state)),
      mt: { total: world.state.mts.size },
      webhooks: { owed: world.state.webhooks.size, ...webhooks.counts },
      faults: faults.list(),
      harbour: bay.list().map(([imei, harbour]) => ({ imei, iam: harbour.iam, phase: harbour.view().phase })),
    }
  })

  router.get('/mt', (context) => {
    const query = parseOrRefuse(mtQuerySchema, { ...context.query })
    const target =
      query.imei !== undefined ? { imei: query.imei } : query.serial !== undefined ? { serial: query.serial } : null
    const items = vendor.sentTo(target).filter((mt) => query.state === undefined || mt.state === query.state)
    context.body = { items: items.map(presentMt) }
  })

  router.get('/webhooks', (context) => {
    const owed = [...world.state.webhooks.values()].slice(0, 1000)
    const log = webhooks.log.map(({ atMs, ...entry }) => ({ ...entry, at: iso(atMs) }))
    context.body = { counts: webhooks.counts, owed: owed.map(presentWebhook), log: log.reverse() }
  })

  router.post('/webhooks/retry', (context) => {
    webhooks.resume()
    context.status = 202
    context.body = { owed: world.state.webhooks.size }
  })

  router.get('/faults', (context) => {
    context.body = faults.list()
  })

  router.post('/faults', async (context) => {
    const order = await jsonBody(context)
    faults.order(parseOrRefuse(faultOrderSchemaOf(order), order))
    context.status = 201
    context.body = faults.list()
  })

  router.delete('/faults', (context) => {
    faults.clear()
    context.status = 204
  })

  router.get('/clock', (context) => {
    context.body = presentClock(simulator)
  })

  router.post('/clock', async (context) => {
    await simulator.setSpeed(parseOrRefuse(clockSchema, await jsonBody(context)).speed)
    context.body = presentClock(simulator)
  })

  router.get('/public-key', async (context) => {
    context.type = 'application/x-pem-file'
    context.body = await simulator.publicKey()
  })

  deviceRoutes(router, simulator)
  harbourRoutes(router, simulator)
  return router
}

function presentClock(simulator: Simulator): { time: string; speed: number } {
  return { time: iso(simulator.clock.now()), speed: simulator.clock.speed }
}
