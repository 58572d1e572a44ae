import type { Device } from '../devices/device.ts'
import { type ServerAddress, parseServer } from './device-http.ts'
import type { FlashShelf } from './flash-shelf.ts'
import { HarbourDevice } from './harbour-device.ts'

/** The devices in the harbour: while there, they do not report by satellite. */
export class Bay {
  readonly #inside = new Map<string, { readonly harbour: HarbourDevice; readonly device: Device }>()
  /** The contents of devices' flash persist, wherever they are. */
  readonly #flashes: FlashShelf
  readonly #server: string
  readonly #link: string

  /** @param options.server the devices' `SERVER` setting; `link` the address of their live link */
  constructor(options: { readonly server: string; readonly link: string; readonly flashes: FlashShelf }) {
    this.#flashes = options.flashes
    this.#server = options.server
    this.#link = options.link
  }

  get(imei: string): HarbourDevice | null {
    return this.#inside.get(imei)?.harbour ?? null
  }

  list(): readonly (readonly [imei: string, harbour: HarbourDevice])[] {
    return [...this.#inside].map(([imei, { harbour }]) => [imei, harbour])
  }

  /**
   * Brings a device into the harbour and switches it on there. With `flashBytes` it gets another board with factory
   * contents. @throws TypeError for an invalid address
   */
  enter(
    device: Device,
    order: {
      readonly iam: string
      readonly server?: string | undefined
      readonly link?: string | undefined
      readonly flashBytes?: number | undefined
      readonly app?: string | undefined
      readonly startMs?: number | undefined
    },
  ): HarbourDevice {
    const { imei, kind } = device.spec
    const server: ServerAddress = parseServer(order.server ?? this.#server)
    const { hostname: host, port } = new URL(order.link ?? this.#link)
    const { startMs, flashBytes } = order
    const flash = flashBytes === undefined ? this.#flashes.take(imei) : this.#flashes.replace(imei, flashBytes)
    this.#inside.get(imei)?.harbour.dispose()
    const harbour = new HarbourDevice({
      server,
      flash,
      iam: order.iam,
      kind: kind === 'handset' ? 'handset' : 'buoy',
      link: { host, port: port === '' ? 80 : Number(port) },
      onLeft: () => this.leave(imei),
      onInstalled: () => this.#flashes.keep(imei),
      ...(startMs === undefined ? {} : { pauses: { startMs } }),
    })
    device.powerOff()
    this.#inside.set(imei, { harbour, device })
    harbour.powerOn(order.app ?? 'service')
    return harbour
  }

  /** Takes a device out to sea, where it is switched on. */
  leave(imei: string): void {
    const known = this.#inside.get(imei)
    if (known === undefined) return
    known.harbour.dispose()
    this.#flashes.keep(imei)
    this.#inside.delete(imei)
    known.device.powerOn({ warm: true })
  }

  /** Stops all of them. */
  close(): void {
    for (const [imei, { harbour }] of this.#inside) {
      harbour.dispose()
      this.#flashes.keep(imei)
    }
    this.#inside.clear()
  }
}
