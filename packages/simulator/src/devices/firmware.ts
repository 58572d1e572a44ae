/**
 * The frame shared by all device firmwares: pure state machines. An event and the time go in; the next state and
 * requests to the hardware come out. A firmware has no access to clock, network or randomness.
 */

/** A GPS result. `atMs` is the GPS time of the fix: a stamp, not the time that devices run on. */
export interface Fix {
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly sogKnots: number
  readonly cogDegrees: number
  readonly atMs: number
}

/** What happens to a device. */
export type FirmwareEvent =
  | { readonly kind: 'power-on' }
  | { readonly kind: 'power-off' }
  /** The wake-up that the firmware requested. */
  | { readonly kind: 'timer' }
  /** The GPS finished; `null`: no fix in the time allowed. */
  | { readonly kind: 'fix'; readonly fix: Fix | null }
  /** The satellite session ended. `mt` is the one message it fetched, `waiting` how many more the gateway holds. */
  | { readonly kind: 'session'; readonly succeeded: boolean; readonly mt: string | null; readonly waiting: number }
  /** A ring alert: the gateway holds a message. Only handsets listen for it. */
  | { readonly kind: 'ring' }
  /** A user's request on a handset, as the text to send (`PK006;10`). */
  | { readonly kind: 'ask'; readonly text: string }

/** What a firmware asks of its hardware. */
export type FirmwareEffect =
  /** Sets the device's only timer, replacing the previous one; `null` stops it. */
  | { readonly kind: 'wake'; readonly atMs: number | null }
  /** Searches for a fix, for at most `timeoutMs`. */
  | { readonly kind: 'gps'; readonly timeoutMs: number }
  /** Opens a satellite session with this text; empty: a mailbox check. A tracker sends its `fix` instead, in binary. */
  | { readonly kind: 'session'; readonly text: string; readonly fix?: Fix }
  /** Switches GPS and radio off, cancelling what was in progress. */
  | { readonly kind: 'hardware-off' }

/** What the device can observe while it handles an event. */
export interface Surroundings {
  /** The true simulated time, milliseconds UTC. A real device may not know it. */
  readonly nowMs: number
  /** What a GPS-set clock shows, for use in messages only: see `Clock.stamp`. */
  readonly stampMs: number
  readonly batteryVolts: number
}

/** The outcome of one event. */
export interface FirmwareStep<State> {
  readonly state: State
  readonly effects: readonly FirmwareEffect[]
}

/** A firmware's status, whatever its state looks like inside. */
export interface FirmwareView {
  readonly phase: string
  readonly intervalMinutes: number | null
  readonly details: Readonly<Record<string, unknown>>
}

/** One firmware: a pure function over states that are plain JSON. */
export interface Firmware<State> {
  /** The state of a device that was never switched on. */
  readonly off: State
  /**
   * Parses a state that was written as JSON.
   * @throws ZodError if it is invalid
   */
  restore(value: unknown): State
  step(state: State, event: FirmwareEvent, surroundings: Surroundings): FirmwareStep<State>
  /** Status for users: the phase, the interval in force, and whatever else is worth showing. */
  view(state: State): FirmwareView
}
