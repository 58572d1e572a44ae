import type { CancelTimer, Clock } from './clock.ts'
import { TimerQueue } from './timer-queue.ts'

/** A clock that moves only when told to: a simulated day takes milliseconds, and nothing depends on the machine. */
export class VirtualClock implements Clock {
  readonly #timers = new TimerQueue()
  #nowMs: number

  /** @param startMs simulated time at the beginning, milliseconds since 1970 UTC */
  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  /** Nothing is real here: the only time there is. */
  stamp(): number {
    return this.#nowMs
  }

  schedule(atMs: number, work: () => void): CancelTimer {
    return this.#timers.add(atMs, work)
  }

  /** Lets time pass up to `untilMs`, running each timer at exactly its own time. */
  runUntil(untilMs: number): void {
    for (let timer = this.#timers.takeDue(untilMs); timer !== null; timer = this.#timers.takeDue(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, timer.atMs)
      timer.work()
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs)
  }

  /** Lets `durationMs` pass. */
  advance(durationMs: number): void {
    this.runUntil(this.#nowMs + durationMs)
  }
}
