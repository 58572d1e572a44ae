/**
 * Simulated time. Everything at sea and at the vendor's runs on one {@link Clock}, so that a day can pass in a real
 * day, in a minute (a speed factor) or in no time at all (a virtual clock in tests).
 */

/** Stops a timer; harmless when it has already run. */
export type CancelTimer = () => void

/**
 * A source of time and timers. Times are milliseconds since 1970-01-01 UTC, of the simulated world but for `stamp()`.
 *
 * What happens (intervals, sleep, drift, retries) goes by `now()`. What is written into a message goes by `stamp()`: whoever
 * receives it lives in real time, and takes a fix from the future for a broken clock.
 */
export interface Clock {
  /** The simulated time now, in milliseconds. */
  now(): number
  /** What a GPS receiver and the vendor's clock show now: real time, however fast the simulated one runs. */
  stamp(): number
  /** Runs `work` once, as soon as the simulated time is `atMs` or later; never inside the call itself. */
  schedule(atMs: number, work: () => void): CancelTimer
}
