import type Router from '@koa/router'

import type { Device } from '../devices/device.ts'
import { conditionsSchema, deviceSpecSchema, type DeviceSpec } from '../devices/device-spec.ts'
import { chanceAt, seedOf } from '../devices/random.ts'
import { openWater } from '../devices/track.ts'
import type { Simulator } from '../simulator.ts'
import { jsonBody } from './body.ts'
import { iso, presentDevice } from './present.ts'
import { parseOrRefuse, Problem } from './problem.ts'
import { askSchema, deviceChangeSchema, newDeviceSchema, powerSchema, sendSchema } from './schemas.ts'

/** `/sim/devices`: create devices, make them send, cut their power, inject faults. */
export function deviceRoutes(router: Router, simulator: Simulator): void {
  const { fleet, world } = simulator
  const present = (device: Device): Record<string, unknown> => presentDevice(device, world.state)

  router.get('/devices', (context) => {
    context.body = { items: fleet.list().map(present) }
  })

  router.post('/devices', async (context) => {
    const order = parseOrRefuse(newDeviceSchema, await jsonBody(context))
    const spec = specFrom(order, serialFor(simulator, order))
    const isNew = fleet.get(spec.imei) === null
    context.body = present(await simulator.addDevice(spec))
    context.status = isNew ? 201 : 200
  })

  router.get('/devices/:imei', (context) => {
    context.body = present(find(simulator, context.params['imei']))
  })

  router.patch('/devices/:imei', async (context) => {
    const device = find(simulator, context.params['imei'])
    const { conditions } = parseOrRefuse(deviceChangeSchema, await jsonBody(context))
    device.conditions = conditionsSchema.parse({ ...device.conditions, ...withoutUndefined(conditions) })
    await world.commit({ type: 'device', spec: { ...device.spec, conditions: device.conditions } })
    context.body = present(device)
  })

  router.delete('/devices/:imei', async (context) => {
    await simulator.removeDevice(find(simulator, context.params['imei']).spec.imei)
    context.status = 204
  })

  router.post('/devices/:imei/send', async (context) => {
    const device = find(simulator, context.params['imei'])
    const order = parseOrRefuse(sendSchema, await jsonBody(context))
    const { recorded, ...sent } = simulator.send(device, order)
    await recorded
    context.status = 202
    context.body = {
      imei: device.spec.imei,
      momsn: sent.momsn,
      transmitTime: iso(sent.transmitAtMs),
      webhookId: sent.webhookId,
      mt:
        sent.mt === null
          ? null
          : { text: Buffer.from(sent.mt).toString('utf8'), hex: Buffer.from(sent.mt).toString('hex') },
      queuedMt: sent.waiting,
    }
  })

  router.post('/devices/:imei/power', async (context) => {
    const device = find(simulator, context.params['imei'])
    const { power } = parseOrRefuse(powerSchema, await jsonBody(context))
    if (device.view() === null) throw new Problem(409, 'not-autonomous', 'this device is not autonomous')
    if (power !== 'on') device.powerOff()
    if (power !== 'off') device.powerOn()
    context.body = present(device)
  })

  router.post('/devices/:imei/ask', async (context) => {
    const device = find(simulator, context.params['imei'])
    if (device.spec.kind !== 'handset' || !device.spec.autonomous) {
      throw new Problem(409, 'not-a-handset', 'only an autonomous handset can be asked')
    }
    device.dispatch({ kind: 'ask', text: parseOrRefuse(askSchema, await jsonBody(context)).text })
    context.status = 202
    context.body = present(device)
  })
}

function find(simulator: Simulator, imei: string | undefined): Device {
  const device = simulator.fleet.get(imei ?? '')
  if (device === null) throw new Problem(404, 'device-not-found', 'no simulated device has this IMEI')
  return device
}

type NewDevice = ReturnType<typeof newDeviceSchema.parse>

/**
 * The requested serial number, or one derived from the IMEI. As with the vendor, it belongs to one device.
 * @throws Problem 409 if another device has the requested one
 */
function serialFor(simulator: Simulator, { imei, serial }: NewDevice): number {
  const others = simulator.fleet.list().filter((device) => device.spec.imei !== imei)
  const taken = new Set(others.map((device) => device.spec.serial))
  if (serial !== undefined) {
    if (taken.has(serial)) throw new Problem(409, 'serial-taken', `another device has the serial ${serial}`)
    return serial
  }
  let free = 100_000 + Number(imei.slice(-5))
  while (taken.has(free)) free += 1
  return free
}

/** A complete device from the caller's fields; the rest is derived from the IMEI. */
function specFrom(order: NewDevice, serial: number): DeviceSpec {
  const { latitude, longitude, conditions, ...given } = order
  const seed = order.seed ?? seedOf(order.imei)
  return deviceSpecSchema.parse({
    webhook: order.kind === 'rockstar' ? 'core-push' : 'json',
    ...withoutUndefined(given),
    serial,
    seed,
    latitudeDegrees: latitude ?? openWater.south + (openWater.north - openWater.south) * chanceAt(seed, -20),
    longitudeDegrees: longitude ?? openWater.west + (openWater.east - openWater.west) * chanceAt(seed, -21),
    conditions: { ...conditions },
  })
}

function withoutUndefined(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
}
