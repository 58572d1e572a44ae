/**
 * Simulated time. Everything at sea and at the vendor's runs on one {@link Clock}, so that a day can pass in a real
 * day, in a minute (a speed factor) or instantly (a virtual clock in tests).
 */

/** Cancels a timer; idempotent, and harmless after it has run. */
export type CancelTimer = () => void

/**
 * A source of time and timers. Times are milliseconds since 1970-01-01 UTC, in simulated time except for `stamp()`.
 *
 * Everything that happens (intervals, sleep, drift, retries) uses `now()`. Times written into messages use `stamp()`:
 * their receiver lives in real time, and would take a fix from the future for a broken clock.
 */
export interface Clock {
  /** The simulated time, in milliseconds. */
  now(): number
  /** What a GPS receiver and the vendor's clock show: real time, however fast the simulation runs. */
  stamp(): number
  /** Runs `work` once, as soon as the simulated time reaches `atMs`; never synchronously. */
  schedule(atMs: number, work: () => void): CancelTimer
}
