import { createFakeService, type FakeService } from '@paikea/rockblock-client/testing'

import type { WorldState } from '../journal/world-state.ts'
import type { Faults } from './faults.ts'
import type { Vendor } from './gateway.ts'

/** Credentials accepted by the sending services. */
export interface Credentials {
  readonly username: string
  readonly password: string
  /** Cloudloop's. */
  readonly token: string
}

/**
 * The vendor's sending services. Responses and checks are those of the client library's fake service, so that they
 * exist only once; accepted messages are recorded before the response.
 */
export class SendingServices {
  readonly #faults: Faults
  readonly #fake: FakeService
  /** Read by the fake service at each request. */
  readonly #imeis: string[] = []

  constructor(options: {
    readonly credentials: Credentials
    readonly vendor: Vendor
    readonly state: WorldState
    readonly faults: Faults
  }) {
    const { credentials, vendor, state } = options
    this.#faults = options.faults
    this.#fake = createFakeService({
      ...credentials,
      imeis: this.#imeis,
      firstId: state.nextMtId,
      onSent: (message) => {
        switch (message.kind) {
          case 'mt': {
            const serial = state.devices.get(message.imei)?.serial ?? null
            return vendor.accept({ ...message, service: 'mt', serial })
          }
          case 'text': {
            const serial = Number(message.serial)
            const imei = imeiOfSerial(state, serial)
            const data = new TextEncoder().encode(message.text)
            return vendor.accept({ id: message.id, service: 'text', imei, serial, data, flush: false })
          }
          case 'sbd':
          case 'imt': {
            const imei = /\d{15}/.exec(message.thing)?.[0] ?? null
            const serial = imei === null ? null : (state.devices.get(imei)?.serial ?? null)
            return vendor.accept({
              id: message.id,
              service: message.kind,
              imei,
              serial,
              data: message.data,
              flush: false,
            })
          }
        }
      },
    })
    this.setModems(state.devices.keys())
  }

  /** Sets which modems are on the account. */
  setModems(imeis: Iterable<string>): void {
    this.#imeis.splice(0, this.#imeis.length, ...imeis)
  }

  /**
   * Handles one request.
   * @throws ConnectionFault if the connection is to be cut
   */
  handle(request: Request): Promise<Response> {
    const fault = this.#faults.takeMt()
    this.#fake.setFault(fault, { count: 1 })
    return this.#fake.handle(request)
  }
}

function imeiOfSerial(state: WorldState, serial: number): string | null {
  for (const spec of state.devices.values()) if (spec.serial === serial) return spec.imei
  return null
}
