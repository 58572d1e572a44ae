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

interface Timer {
  readonly atMs: number
  readonly order: number
  readonly work: () => void
}

/** Timers in order of their time; two at the same instant keep the order in which they were set. */
export class TimerQueue {
  readonly #timers = new Set<Timer>()
  #order = 0

  add(atMs: number, work: () => void): CancelTimer {
    const timer: Timer = { atMs, order: this.#order++, work }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  /** The time of the next timer, `null` when none is set. */
  nextAtMs(): number | null {
    return this.#next()?.atMs ?? null
  }

  /** Takes out the next timer that is due at `nowMs`. */
  takeDue(nowMs: number): Timer | null {
    const next = this.#next()
    if (next === null || next.atMs > nowMs) return null
    this.#timers.delete(next)
    return next
  }

  // A fleet has a few hundred timers at most: a scan is quick enough, and cancelling stays trivial.
  #next(): Timer | null {
    let best: Timer | null = null
    for (const timer of this.#timers) {
      if (best === null || timer.atMs < best.atMs || (timer.atMs === best.atMs && timer.order < best.order))
        best = timer
    }
    return best
  }
}
