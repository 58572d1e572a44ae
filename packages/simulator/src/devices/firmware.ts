/**
 * The frame all device firmwares share: pure state machines. An event and the time go in, the next state and what the
 * device asks of its hardware come out. Nothing in a firmware knows a clock, a network or chance.
 */

/** What the GPS found. `atMs` is the GPS time of the fix: a stamp, not the time that devices live by. */
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
  /** The wake-up the firmware asked for. */
  | { readonly kind: 'timer' }
  /** The GPS has an answer; `null` = no fix in the time it was given. */
  | { readonly kind: 'fix'; readonly fix: Fix | null }
  /** The satellite session ended. `mt` is the one message it fetched, `waiting` how many more the gateway holds. */
  | { readonly kind: 'session'; readonly succeeded: boolean; readonly mt: string | null; readonly waiting: number }
  /** A ring alert: the gateway holds a message. Only a handset listens. */
  | { readonly kind: 'ring' }
  /** A person asks for something on a handset, as the text to send (`PK006;10`). */
  | { readonly kind: 'ask'; readonly text: string }

/** What a firmware asks of its hardware. */
export type FirmwareEffect =
  /** Sets the device's only timer (it replaces the one before); `null` stops it. */
  | { readonly kind: 'wake'; readonly atMs: number | null }
  /** Looks for a fix, at most so long. */
  | { readonly kind: 'gps'; readonly timeoutMs: number }
  /** Opens a satellite session with this text; empty = mailbox check. A tracker sends its `fix` instead, as bits. */
  | { readonly kind: 'session'; readonly text: string; readonly fix?: Fix }
  /** Switches GPS and radio off: what was under way comes to nothing. */
  | { readonly kind: 'hardware-off' }

/** What the device can see while it handles an event. */
export interface Surroundings {
  /** The true time of the simulated world, milliseconds UTC. A device may not know it. */
  readonly nowMs: number
  /** What a clock that was set by GPS shows, for messages only: see `Clock.stamp`. */
  readonly stampMs: number
  readonly batteryVolts: number
}

/** The outcome of one event. */
export interface FirmwareStep<State> {
  readonly state: State
  readonly effects: readonly FirmwareEffect[]
}

/** What every firmware can say about itself, whatever its state looks like inside. */
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
   * Reads back a state that was written as JSON.
   * @throws ZodError when it is none
   */
  restore(value: unknown): State
  step(state: State, event: FirmwareEvent, surroundings: Surroundings): FirmwareStep<State>
  /** For people: the phase, the interval in force, and what else is worth showing. */
  view(state: State): FirmwareView
}
