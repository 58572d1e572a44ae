/**
 * Simulated time. Everything at sea and at the vendor's runs on one {@link Clock}, so that a day can pass in a real
 * day, in a minute (a speed factor) or in no time at all (a virtual clock in tests).
 */

/** Stops a timer; harmless when it has already run. */
export type CancelTimer = () => void

/** A source of time and timers. Times are milliseconds since 1970-01-01 UTC, of the simulated world. */
export interface Clock {
  /** The simulated time now, in milliseconds. */
  now(): number
  /** Runs `work` once, as soon as the simulated time is `atMs` or later; never inside the call itself. */
  schedule(atMs: number, work: () => void): CancelTimer
}
