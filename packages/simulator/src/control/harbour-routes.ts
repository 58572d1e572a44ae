import type Router from '@koa/router'
import { z } from 'zod'
import type { HarbourDevice } from '../harbour/harbour-device.ts'
import { APPS } from '../harbour/service-commands.ts'
import type { Simulator } from '../simulator.ts'
import { jsonBody } from './body.ts'
import { parseOrRefuse, Problem } from './problem.ts'

const app = z.string().refine((name) => name === 'service' || APPS.has(name), 'no such app')
const address = (protocol: RegExp) => z.url({ protocol, hostname: /^[a-z0-9.-]+$/u })

/** `POST /sim/devices/{imei}/harbour`. */
const enterSchema = z.strictObject({
  /** Its name; factory setting `TEST`. Default: the device's own. */
  iam: z.string().min(1).max(32).optional(),
  /** Its `SERVER` setting, as `http://host:port/v1`. */
  server: address(/^http$/u).optional(),
  link: address(/^ws$/u).optional(),
  flashBytes: z
    .number()
    .int()
    .min(65_536)
    .max(16 * 1024 * 1024)
    .optional(),
  app: app.optional(),
  /** From power-on to its app; real devices take some seconds. */
  startMs: z.number().int().min(0).max(60_000).optional(),
})

/**
 * `POST /sim/devices/{imei}/harbour/power`: with `atRequest` the power is cut in the middle of the n-th request from
 * now.
 */
const powerSchema = z.strictObject({
  power: z.enum(['on', 'off', 'cycle']),
  app: app.optional(),
  atRequest: z.number().int().min(1).max(100_000).optional(),
})

/** `/sim/devices/{imei}/harbour`: firmware v2 on harbour Wi-Fi. */
export function harbourRoutes(router: Router, simulator: Simulator): void {
  const { fleet, bay } = simulator

  router.post('/devices/:imei/harbour', async (context) => {
    const device = fleet.get(context.params['imei'] ?? '')
    if (device === null) throw new Problem(404, 'device-not-found', 'no simulated device has this IMEI')
    const { kind, generation, iam } = device.spec
    if (kind === 'rockstar' || (kind === 'buoy' && generation !== 'v2')) {
      throw new Problem(409, 'no-harbour-mode', 'only firmware v2 has a service mode')
    }
    const order = parseOrRefuse(enterSchema, await jsonBody(context))
    context.status = 201
    context.body = present(simulator.bay.enter(device, { ...order, iam: order.iam ?? iam ?? 'TEST' }))
  })

  router.get('/devices/:imei/harbour', (context) => {
    context.body = present(find(simulator, context.params['imei']))
  })

  router.delete('/devices/:imei/harbour', (context) => {
    find(simulator, context.params['imei'])
    bay.leave(context.params['imei'] ?? '')
    context.status = 204
  })

  router.post('/devices/:imei/harbour/power', async (context) => {
    const harbour = find(simulator, context.params['imei'])
    const order = parseOrRefuse(powerSchema, await jsonBody(context))
    if (order.power === 'off' && order.atRequest !== undefined) harbour.cutAtRequest(order.atRequest)
    else if (order.power !== 'on') harbour.powerOff()
    if (order.power !== 'off') harbour.powerOn(order.app)
    context.body = present(harbour)
  })

  router.post('/devices/:imei/harbour/register', async (context) => {
    const harbour = find(simulator, context.params['imei'])
    if (harbour.view().phase !== 'service') throw new Problem(409, 'not-in-service', 'it is not in service mode')
    await harbour.register().catch((cause: unknown) => {
      throw new Problem(502, 'not-registered', `its server gave it no name: ${String(cause)}`)
    })
    context.body = present(harbour)
  })
}

function find({ bay }: Simulator, imei: string | undefined): HarbourDevice {
  const harbour = bay.get(imei ?? '')
  if (harbour === null) throw new Problem(404, 'not-in-harbour', 'this device is not in the harbour')
  return harbour
}

function present(harbour: HarbourDevice): Record<string, unknown> {
  return { iam: harbour.iam, ...harbour.view() }
}
