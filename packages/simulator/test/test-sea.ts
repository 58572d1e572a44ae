import { VirtualClock } from '../src/clock/virtual-clock.ts'
import { Device } from '../src/devices/device.ts'
import { conditionsSchema, type Conditions, type DeviceSpec, deviceSpecSchema } from '../src/devices/device-spec.ts'
import type { Fix } from '../src/devices/firmware.ts'
import type { Gateway, SatelliteSession } from '../src/devices/gateway.ts'

/** A calm sea: a fix takes exactly 30 s, a session 20 s, nothing fails. */
export const calm: Conditions = conditionsSchema.parse({
  gpsTimeoutProbability: 0,
  sessionFailureProbability: 0,
  lostAcknowledgementProbability: 0,
  fixSeconds: [30, 30],
  sessionSeconds: [20, 20],
})

/** One message as the gateway got it. */
export interface HeardMessage {
  readonly time: string
  readonly text: string
  /** Of a tracker. */
  readonly fix?: Fix | undefined
}

/** A gateway that only remembers, with one queue of MT texts. */
export class TestGateway implements Gateway {
  readonly heard: HeardMessage[] = []
  readonly queue: string[] = []
  readonly #clock: VirtualClock

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  exchange(session: SatelliteSession): { momsn: number; mt: Uint8Array | null; waiting: number } {
    const time = new Date(this.#clock.now()).toISOString().slice(11, 19)
    const heard = { time, text: new TextDecoder().decode(session.payload) }
    this.heard.push(session.fix === undefined ? heard : { ...heard, fix: session.fix })
    const mt = session.fetchesMt === false ? undefined : this.queue.shift()
    return {
      momsn: this.heard.length - 1,
      mt: mt === undefined ? null : Uint8Array.from(mt, (letter) => letter.charCodeAt(0)),
      waiting: this.queue.length,
    }
  }

  /** Times of all messages so far. */
  times(): string[] {
    return this.heard.map((message) => message.time)
  }

  /** One field of each message so far, `undefined` where a message has none. */
  fields(name: string): (string | undefined)[] {
    return this.heard.map((message) => fieldOf(message.text, name))
  }
}

/** The value of a `name:value` field. */
export function fieldOf(text: string, name: string): string | undefined {
  return new RegExp(`[;,]${name}:([^,]*)`).exec(text)?.[1]
}

/** A device alone at sea, switched on at the given time of 2026-11-24. */
export function launch(
  kind: 'v2' | 'v3' | 'handset' | 'rockstar',
  options: { readonly at?: string; readonly conditions?: Partial<Conditions> } = {},
): { clock: VirtualClock; gateway: TestGateway; device: Device; until: (time: string) => void } {
  const clock = new VirtualClock(at(options.at ?? '12:00:00'))
  const gateway = new TestGateway(clock)
  const spec: DeviceSpec = deviceSpecSchema.parse({
    imei: '300434061234560',
    kind: kind === 'v2' || kind === 'v3' ? 'buoy' : kind,
    generation: kind === 'v2' ? 'v2' : 'v3',
    serial: 20001,
    webhook: 'form',
    autonomous: true,
    latitudeDegrees: 36.5,
    longitudeDegrees: -125,
    seed: 7,
    conditions: { ...calm, ...options.conditions },
  })
  const device = new Device({ spec, clock, gateway })
  device.powerOn()
  return { clock, gateway, device, until: (time) => clock.runUntil(at(time)) }
}

/** A time of day of the test's day; `+1 06:00:00` is the next day. */
export function at(time: string): number {
  const [day, clock] = time.startsWith('+')
    ? [Number(time.slice(1, time.indexOf(' '))), time.slice(time.indexOf(' ') + 1)]
    : [0, time]
  return Date.parse(`2026-11-24T${clock}Z`) + day * 86_400_000
}
