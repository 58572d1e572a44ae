import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { ScaledClock } from './clock/scaled-clock.ts'
import type { Device } from './devices/device.ts'
import type { DeviceSpec } from './devices/device-spec.ts'
import { demoFleet, demoSpec, extraSpecs } from './devices/demo-fleet.ts'
import { Fleet } from './devices/fleet.ts'
import { Bay } from './harbour/bay.ts'
import { FlashShelf } from './harbour/flash-shelf.ts'
import { createHttpApp } from './http-app.ts'
import { World } from './journal/world.ts'
import { Faults } from './gateway/faults.ts'
import { SendingServices } from './gateway/sending-services.ts'
import { loadSigningKeys } from './gateway/signing-key.ts'
import { type RecordedSession, type SessionOverrides, Vendor } from './gateway/gateway.ts'
import { createPostWebhook } from './gateway/webhook-post.ts'
import { WebhookQueue } from './gateway/webhook-queue.ts'

/** Options of {@link createSimulator}. */
export interface SimulatorOptions {
  /** @default 0, any free port */
  readonly port?: number
  /** @default '127.0.0.1' */
  readonly host?: string
  /** Folder for durable state; `null`: none is kept. @default null */
  readonly dataFolder?: string | null
  /** Where webhooks go, for example `http://127.0.0.1:8080`. */
  readonly webhookUrl: string
  /** Last segment of the webhooks' path. @default null, none */
  readonly webhookSecret?: string | null
  /** Number of autonomous buoys, besides one handset. @default 0, nothing sends */
  readonly demoFleet?: number
  /** An autonomous RockSTAR. @default false */
  readonly demoRockStar?: boolean
  /** One more buoy, delivered by Cloudloop over SBD or IMT. @default null, none */
  readonly demoCloudloop?: 'sbd' | 'imt' | null
  /** Simulated seconds per second. @default 1 */
  readonly speed?: number
  /** Makes part of the demo fleet sign with the simulator's own key. @default false */
  readonly signWebhooks?: boolean
  /** @default 'user' */
  readonly username?: string
  /** @default 'password' */
  readonly password?: string
  /** Cloudloop's. @default 'token' */
  readonly token?: string
  /** The devices' `SERVER` setting in the harbour. @default `webhookUrl` with `/v1` */
  readonly harbourUrl?: string
  /** Address of their live link. @default 'ws://127.0.0.1:7777' */
  readonly linkUrl?: string
  /** Structured log. @default none */
  readonly log?: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/** A message to send on command. */
export interface SendOrder extends SessionOverrides {
  readonly payload: Uint8Array
  readonly transmitTime?: string | undefined
  readonly latitude?: number | undefined
  readonly longitude?: number | undefined
}

/** A running simulator. */
export interface Simulator {
  readonly port: number
  readonly clock: ScaledClock
  readonly world: World
  readonly vendor: Vendor
  readonly fleet: Fleet
  /** Devices on harbour Wi-Fi. */
  readonly bay: Bay
  readonly faults: Faults
  readonly webhooks: WebhookQueue
  readonly services: SendingServices
  /** PEM of the key that verifies its signed webhooks. */
  publicKey(): Promise<string>
  setSpeed(speed: number): Promise<void>
  addDevice(spec: DeviceSpec): Promise<Device>
  removeDevice(imei: string): Promise<void>
  /** One session on command. It fetches no MT for an autonomous device: that is its firmware's task. */
  send(device: Device, order: SendOrder): RecordedSession
  log(event: string, details: Readonly<Record<string, unknown>>): void
  /** Handles one HTTP request. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Stops everything; pending webhooks stay on disk. */
  close(): Promise<void>
}

/**
 * Starts a sea in a box: the vendor behind a real port, and the devices around it.
 *
 * @throws FolderInUse if another simulator has the folder
 * @throws Error with `code` `EADDRINUSE` if the port is taken, or if the folder cannot be used
 */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  // The port first: starting the same simulator twice should report the port, and at once.
  const server = createServer()
  const port = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1')
  const assembling = openAndAssemble(options, server, port)
  // Early requests wait until the journal is read.
  server.on('request', (request, response) => {
    assembling.then(
      (simulator) => void simulator.answer(request, response),
      () => response.destroy(),
    )
  })
  try {
    return await assembling
  } catch (cause) {
    server.close()
    throw cause
  }
}

async function openAndAssemble(options: SimulatorOptions, server: Server, port: number): Promise<Simulator> {
  const world = await World.open({
    folder: options.dataFolder ?? null,
    onFailure: (cause) => options.log?.('journal-failed', { cause: String(cause) }),
  })
  try {
    return await assemble(options, { server, port, world })
  } catch (cause) {
    await world.close()
    throw cause
  }
}

async function assemble(
  options: SimulatorOptions,
  { server, port, world }: { readonly server: Server; readonly port: number; readonly world: World },
): Promise<Simulator> {
  const log = options.log ?? (() => {})
  const dataFolder = options.dataFolder ?? null
  const startMs = Math.max(Date.now(), world.state.latestMs)
  const clock = new ScaledClock({ startMs, ...(options.speed === undefined ? {} : { speed: options.speed }) })
  const faults = new Faults()
  let keys: ReturnType<typeof loadSigningKeys> | null = null
  const signingKeys = (): ReturnType<typeof loadSigningKeys> => (keys ??= loadSigningKeys(dataFolder))
  const { webhookUrl: baseUrl, webhookSecret: secret = null } = options
  const webhooks = new WebhookQueue({
    clock,
    world,
    faults,
    post: createPostWebhook({ baseUrl, secret }),
    signingKey: async () => (await signingKeys()).privateKey,
  })
  const vendor = new Vendor({
    clock,
    world,
    onWebhook: (webhook) => webhooks.add(webhook),
    onQueued: (imei) => fleet.messageQueued(imei),
  })
  const onText = (imei: string): void => {
    const spec = world.state.devices.get(imei)
    if (spec !== undefined) for (const mt of world.state.queueOf(imei)) vendor.pushReceipt(spec, mt)
  }
  const fleet = new Fleet({ clock, world, gateway: vendor, onText })
  const { harbourUrl = `${baseUrl.replace(/\/$/u, '')}/v1`, linkUrl = 'ws://127.0.0.1:7777' } = options
  const bay = new Bay({ server: harbourUrl, link: linkUrl, flashes: new FlashShelf(dataFolder) })
  const { username = 'user', password = 'password', token = 'token' } = options
  const services = new SendingServices({
    credentials: { username, password, token },
    vendor,
    state: world.state,
    faults,
  })

  let answer: Simulator['answer'] | null = null
  const simulator: Simulator = {
    answer: (request, response) => (answer ??= createHttpApp(simulator).callback())(request, response),
    port,
    clock,
    world,
    vendor,
    fleet,
    bay,
    faults,
    webhooks,
    services,
    log,
    publicKey: async () => (await signingKeys()).publicKey,
    async setSpeed(speed) {
      clock.setSpeed(speed)
      await world.commit({ type: 'clock', atMs: clock.now() })
    },
    async addDevice(spec) {
      const device = await fleet.add(spec)
      services.setModems(world.state.devices.keys())
      return device
    },
    async removeDevice(imei) {
      bay.leave(imei)
      await fleet.remove(imei)
      services.setModems(world.state.devices.keys())
    },
    send(device, order) {
      const { latitudeDegrees, longitudeDegrees } = device.position()
      const at = {
        latitudeDegrees: order.latitude ?? latitudeDegrees,
        longitudeDegrees: order.longitude ?? longitudeDegrees,
      }
      const { imei, autonomous } = device.spec
      const time = order.transmitTime === undefined ? {} : { transmitAtMs: Date.parse(order.transmitTime) }
      return vendor.exchange({ imei, payload: order.payload, at, fetchesMt: !autonomous, ...time }, order)
    },
    async close() {
      bay.close()
      fleet.close()
      clock.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await webhooks.close()
      await world.close()
    },
  }

  const { demoRockStar: rockstar = false, demoCloudloop: cloudloop = null, signWebhooks: signs = false } = options
  const demo = [
    ...demoFleet(options.demoFleet ?? 0).map((device) => demoSpec(device, { signs })),
    ...extraSpecs({ rockstar, cloudloop }),
  ]
  for (const spec of demo) if (!isKnown(world, spec)) await world.commit({ type: 'device', spec })
  fleet.restore(new Set(demo.map(({ imei }) => imei)))
  services.setModems(world.state.devices.keys())
  webhooks.resume()
  return simulator
}

/**
 * A device created by an earlier start stays as it is, unless it should now be delivered by Cloudloop's other service.
 */
function isKnown({ state }: World, spec: DeviceSpec): boolean {
  const known = state.devices.get(spec.imei)
  return known !== undefined && (!spec.webhook.startsWith('cloudloop') || known.webhook === spec.webhook)
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      // A server on a TCP port has an address object.
      resolve((server.address() as AddressInfo).port)
    })
  })
}
