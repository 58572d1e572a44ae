import type { CancelTimer, Clock } from '../clock/clock.ts'
import { batteryVoltsAt } from './battery.ts'
import { type Conditions, conditionsSchema, type DeviceSpec } from './device-spec.ts'
import type { FirmwareEffect, FirmwareEvent, Fix } from './firmware.ts'
import { FixStamps } from './fix-stamps.ts'
import type { Gateway } from './gateway.ts'
import { Random } from './random.ts'
import { firmwareFor, type RunningFirmware } from './running-firmware.ts'
import { drift, startTrack, trackPoint, type TrackPoint, type TrackState } from './track.ts'

/** What the journal keeps of a device between two tries. */
export interface DeviceSnapshot {
  readonly firmware: unknown
  readonly wakeAtMs: number | null
  readonly track: TrackState
  readonly drawn: number
}

/** Phases in which nothing is under way; only from these a device is read back. */
const restingPhases = new Set(['off', 'idle', 'asleep', 'pausing', 'service'])

// A device that the simulator brings to life has its first fix and session at once; later ones take their time.
const warmSeconds = [0.5, 2.5] as const

/** One simulated device: its firmware, the place it drifts to, and its luck with GPS and satellites. */
export class Device {
  readonly spec: DeviceSpec
  conditions: Conditions
  readonly #clock: Clock
  readonly #gateway: Gateway
  readonly #onRest: (snapshot: DeviceSnapshot) => void
  readonly #firmware: RunningFirmware | null
  readonly #fixStamps = new FixStamps()
  #track: TrackState
  #random: Random
  #wakeAtMs: number | null = null
  #cancelWake: CancelTimer | null = null
  #cancelHardware: CancelTimer[] = []
  #warm = false

  /** @param options.onRest is told each state worth keeping */
  constructor(options: {
    readonly spec: DeviceSpec
    readonly clock: Clock
    readonly gateway: Gateway
    readonly onRest?: (snapshot: DeviceSnapshot) => void
  }) {
    this.spec = options.spec
    this.conditions = conditionsSchema.parse(options.spec.conditions)
    this.#clock = options.clock
    this.#gateway = options.gateway
    this.#onRest = options.onRest ?? (() => {})
    this.#firmware = options.spec.autonomous ? firmwareFor(options.spec) : null
    this.#track = startTrack(options.spec.seed, options.clock.now(), options.spec)
    this.#random = new Random(options.spec.seed)
  }

  /** What the firmware says about itself; `null` when nothing runs inside. */
  view(): (ReturnType<RunningFirmware['view']> & { readonly nextWakeAtMs: number | null }) | null {
    if (this.#firmware === null) return null
    return { ...this.#firmware.view(), nextWakeAtMs: this.#wakeAtMs }
  }

  /** Where it is now. */
  position(): TrackPoint {
    this.#track = drift(this.#track, this.#clock.now())
    return trackPoint(this.#track)
  }

  /** Switches it on. `warm`: its GPS and modem already have what they need, so the first report takes seconds and gets through. */
  powerOn(options: { readonly warm?: boolean } = {}): void {
    this.#stopHardware()
    this.#warm = options.warm ?? false
    this.dispatch({ kind: 'power-on' })
  }

  /** Takes its power away. */
  powerOff(): void {
    this.#stopHardware()
    this.dispatch({ kind: 'power-off' })
  }

  /** Goes on from what the journal kept; a wake-up that was missed meanwhile happens `delayMs` from now. */
  restore(snapshot: DeviceSnapshot, delayMs: number): void {
    this.#firmware?.load(snapshot.firmware)
    this.#track = snapshot.track
    this.#random = new Random(this.spec.seed, snapshot.drawn)
    if (snapshot.wakeAtMs !== null) this.#setWake(Math.max(snapshot.wakeAtMs, this.#clock.now() + delayMs))
  }

  /** Stops everything it has under way; it is not used afterwards. */
  dispose(): void {
    this.#stopHardware()
    this.#cancelWake?.()
  }

  /** Hands an event to the firmware and does what it asks for. */
  dispatch(event: FirmwareEvent): void {
    if (this.#firmware === null) return
    const nowMs = this.#clock.now()
    const batteryVolts = batteryVoltsAt(this.spec.seed, nowMs)
    const effects = this.#firmware.handle(event, { nowMs, stampMs: this.#clock.stamp(), batteryVolts })
    for (const effect of effects) this.#perform(effect)
    if (effects.length > 0 && restingPhases.has(this.#firmware.view().phase)) this.#onRest(this.#snapshot())
  }

  #snapshot(): DeviceSnapshot {
    return {
      firmware: this.#firmware?.dump() ?? null,
      wakeAtMs: this.#wakeAtMs,
      track: this.#track,
      drawn: this.#random.index,
    }
  }

  #perform(effect: FirmwareEffect): void {
    switch (effect.kind) {
      case 'wake':
        return this.#setWake(effect.atMs)
      case 'gps':
        return this.#lookForFix(effect.timeoutMs)
      case 'session':
        return this.#openSession(effect)
      case 'hardware-off':
        return this.#stopHardware()
    }
  }

  #setWake(atMs: number | null): void {
    this.#cancelWake?.()
    this.#wakeAtMs = atMs
    this.#cancelWake = atMs === null ? null : this.#clock.schedule(atMs, () => this.dispatch({ kind: 'timer' }))
  }

  #lookForFix(timeoutMs: number): void {
    const timesOut = this.#fails(this.conditions.gpsTimeoutProbability)
    const seconds = this.#between(this.#warm ? warmSeconds : this.conditions.fixSeconds)
    const takesMs = timesOut || !this.conditions.gps ? timeoutMs : Math.min(seconds * 1000, timeoutMs)
    this.#after(takesMs, () => {
      // Asked again: the GPS may have been switched on or off meanwhile.
      const found = this.conditions.gps && takesMs < timeoutMs
      this.dispatch({ kind: 'fix', fix: found ? this.#fix() : null })
    })
  }

  #fix(): Fix {
    const point = this.position()
    return { ...point, atMs: this.#fixStamps.next(this.#clock.stamp()) }
  }

  #openSession({ text, fix }: { readonly text: string; readonly fix?: Fix }): void {
    const seconds = this.#between(this.#warm ? warmSeconds : this.conditions.sessionSeconds)
    const fails = this.#fails(this.conditions.sessionFailureProbability)
    const forgets = this.#fails(this.conditions.lostAcknowledgementProbability)
    this.#warm = false
    this.#after(seconds * 1000, () => {
      if (fails || !this.conditions.satellite) {
        return this.dispatch({ kind: 'session', succeeded: false, mt: null, waiting: 0 })
      }
      const payload = new TextEncoder().encode(text)
      // A tracker's texts do not come with its reports: it asks for them by itself.
      const fetchesMt = !forgets && fix === undefined
      const result = this.#gateway.exchange({ imei: this.spec.imei, payload, fix, at: this.position(), fetchesMt })
      this.dispatch(
        forgets
          ? { kind: 'session', succeeded: false, mt: null, waiting: 0 }
          : { kind: 'session', succeeded: true, mt: latin1(result.mt), waiting: result.waiting },
      )
    })
  }

  /** Bad luck. A warm start has none, unless it is certain. */
  #fails(probability: number): boolean {
    return this.#random.happens(probability) && (!this.#warm || probability === 1)
  }

  #between(range: readonly [number, number]): number {
    return this.#random.between(range[0], range[1])
  }

  #after(delayMs: number, work: () => void): void {
    this.#cancelHardware.push(this.#clock.schedule(this.#clock.now() + delayMs, work))
    // Only the latest can still be waiting: a device does one thing at a time.
    if (this.#cancelHardware.length > 2) this.#cancelHardware.shift()
  }

  #stopHardware(): void {
    for (const cancel of this.#cancelHardware) cancel()
    this.#cancelHardware = []
  }
}

function latin1(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : String.fromCharCode(...bytes)
}
