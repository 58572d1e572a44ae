import type { Clock } from '../clock/clock.ts'
import type { World } from '../journal/world.ts'
import { Device } from './device.ts'
import type { DeviceSpec } from './device-spec.ts'
import type { Gateway } from './gateway.ts'

// A handset hears a ring alert some seconds after the message has reached the gateway.
const RING_AFTER_MS = 6_000
// A tracker checks for texts periodically.
const TEXT_AFTER_MS = 30_000
// Devices that start together are spread out, so that not all act in the same second.
const APART_MS = 300

/** All simulated devices, kept in step with the journal. */
export class Fleet {
  readonly #devices = new Map<string, Device>()
  readonly #clock: Clock
  readonly #world: World
  readonly #gateway: Gateway
  readonly #onText: (imei: string) => void

  constructor(options: {
    readonly clock: Clock
    readonly world: World
    readonly gateway: Gateway
    /** Called when an autonomous tracker checks for its texts. */
    readonly onText: (imei: string) => void
  }) {
    this.#clock = options.clock
    this.#world = options.world
    this.#gateway = options.gateway
    this.#onText = options.onText
  }

  /** Restores the journal's devices; those of a demo fleet only if they belong to the present one. */
  restore(demo: ReadonlySet<string>): void {
    let order = 0
    for (const spec of this.#world.state.devices.values()) {
      const isAlive = spec.autonomous && (!spec.demo || demo.has(spec.imei))
      const device = this.#create({ ...spec, autonomous: isAlive })
      const snapshot = this.#world.state.snapshots.get(spec.imei)
      if (!isAlive) continue
      const delayMs = APART_MS * order++
      if (snapshot === undefined)
        this.#clock.schedule(this.#clock.now() + delayMs, () => device.powerOn({ warm: true }))
      else device.restore(snapshot, delayMs)
    }
  }

  /** Adds a device, or changes an existing one; switches an autonomous one on. Resolves once it is on disk. */
  async add(spec: DeviceSpec): Promise<Device> {
    this.#devices.get(spec.imei)?.dispose()
    await this.#world.commit({ type: 'device', spec })
    const device = this.#create(spec)
    device.powerOn({ warm: true })
    return device
  }

  /** Removes a device from the account. */
  async remove(imei: string): Promise<void> {
    this.#devices.get(imei)?.dispose()
    this.#devices.delete(imei)
    await this.#world.commit({ type: 'device-removed', imei })
  }

  get(imei: string): Device | null {
    return this.#devices.get(imei) ?? null
  }

  list(): Device[] {
    return [...this.#devices.values()]
  }

  /** A message was queued at the gateway: devices that listen will fetch it. */
  messageQueued(imei: string): void {
    const device = this.#devices.get(imei)
    if (device === undefined || !device.spec.autonomous) return
    if (device.spec.kind === 'handset') {
      this.#clock.schedule(this.#clock.now() + RING_AFTER_MS, () => device.dispatch({ kind: 'ring' }))
    }
    if (device.spec.kind === 'rockstar')
      this.#clock.schedule(this.#clock.now() + TEXT_AFTER_MS, () => this.#onText(imei))
  }

  /** Stops all devices. */
  close(): void {
    for (const device of this.#devices.values()) device.dispose()
  }

  #create(spec: DeviceSpec): Device {
    const { imei } = spec
    const device = new Device({
      spec,
      clock: this.#clock,
      gateway: this.#gateway,
      onRest: (snapshot) => this.#world.note({ type: 'firmware', imei, snapshot }),
    })
    this.#devices.set(imei, device)
    return device
  }
}
