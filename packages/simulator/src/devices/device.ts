import type { CancelTimer, Clock } from '../clock/clock.ts'
import { batteryVoltsAt } from './battery.ts'
import { type Conditions, conditionsSchema, type DeviceSpec } from './device-spec.ts'
import type { FirmwareEffect, FirmwareEvent, Fix } from './firmware.ts'
import { FixStamps } from './fix-stamps.ts'
import type { Gateway } from './gateway.ts'
import { Random } from './random.ts'
import { firmwareFor, type RunningFirmware } from './running-firmware.ts'
import { drift, startTrack, trackPoint, type TrackPoint, type TrackState } from './track.ts'

/** The part of a device's state that the journal keeps between attempts. */
export interface DeviceSnapshot {
  readonly firmware: unknown
  readonly wakeAtMs: number | null
  readonly track: TrackState
  readonly drawn: number
}

/** Phases with nothing in progress; only from these is a device restored. */
const restingPhases = new Set(['off', 'idle', 'asleep', 'pausing', 'service'])

// A device that the simulator starts gets its first fix and session at once; later ones take their time.
const warmSeconds = [0.5, 2.5] as const

/** One simulated device: its firmware, its drift, and its luck with GPS and satellites. */
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

  /** @param options.onRest called with each state worth keeping */
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

  /** The firmware's own status; `null` if the device runs none. */
  view(): (ReturnType<RunningFirmware['view']> & { readonly nextWakeAtMs: number | null }) | null {
    if (this.#firmware === null) return null
    return { ...this.#firmware.view(), nextWakeAtMs: this.#wakeAtMs }
  }

  /** Its present position. */
  position(): TrackPoint {
    this.#track = drift(this.#track, this.#clock.now())
    return trackPoint(this.#track)
  }

  /** Switches it on. `warm`: GPS and modem are ready, so the first report takes seconds and gets through. */
  powerOn(options: { readonly warm?: boolean } = {}): void {
    this.#stopHardware()
    this.#warm = options.warm ?? false
    this.dispatch({ kind: 'power-on' })
  }

  /** Cuts its power. */
  powerOff(): void {
    this.#stopHardware()
    this.dispatch({ kind: 'power-off' })
  }

  /** Resumes from a journal snapshot; a wake-up missed meanwhile happens `delayMs` from now. */
  restore(snapshot: DeviceSnapshot, delayMs: number): void {
    this.#firmware?.load(snapshot.firmware)
    this.#track = snapshot.track
    this.#random = new Random(this.spec.seed, snapshot.drawn)
    if (snapshot.wakeAtMs !== null) this.#setWake(Math.max(snapshot.wakeAtMs, this.#clock.now() + delayMs))
  }

  /** Cancels everything in progress; do not use the device afterwards. */
  dispose(): void {
    this.#stopHardware()
    this.#cancelWake?.()
  }

  /** Passes an event to the firmware and performs the resulting effects. */
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
      // Checked again: the GPS may have been switched on or off meanwhile.
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
      // A tracker's texts do not come with its reports: it asks for them separately.
      const fetchesMt = !forgets && fix === undefined
      const result = this.#gateway.exchange({ imei: this.spec.imei, payload, fix, at: this.position(), fetchesMt })
      this.dispatch(
        forgets
          ? { kind: 'session', succeeded: false, mt: null, waiting: 0 }
          : { kind: 'session', succeeded: true, mt: latin1(result.mt), waiting: result.waiting },
      )
    })
  }

  /** Decides bad luck. A warm start has none, unless it is certain. */
  #fails(probability: number): boolean {
    return this.#random.happens(probability) && (!this.#warm || probability === 1)
  }

  #between(range: readonly [number, number]): number {
    return this.#random.between(range[0], range[1])
  }

  #after(delayMs: number, work: () => void): void {
    this.#cancelHardware.push(this.#clock.schedule(this.#clock.now() + delayMs, work))
    // Only the latest can still be pending: a device does one thing at a time.
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
