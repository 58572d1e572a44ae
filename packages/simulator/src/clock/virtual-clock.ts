import type { CancelTimer, Clock } from './clock.ts'
import { TimerQueue } from './timer-queue.ts'

/** A clock that moves only on command: a simulated day takes milliseconds, independent of the machine. */
export class VirtualClock implements Clock {
  readonly #timers = new TimerQueue()
  #nowMs: number

  /** @param startMs initial simulated time, milliseconds since 1970 UTC */
  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  /** There is no real time here: both are the same. */
  stamp(): number {
    return this.#nowMs
  }

  schedule(atMs: number, work: () => void): CancelTimer {
    return this.#timers.add(atMs, work)
  }

  /** Advances time to `untilMs`, running each timer at exactly its own time. */
  runUntil(untilMs: number): void {
    for (let timer = this.#timers.takeDue(untilMs); timer !== null; timer = this.#timers.takeDue(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, timer.atMs)
      timer.work()
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs)
  }

  /** Advances time by `durationMs`. */
  advance(durationMs: number): void {
    this.runUntil(this.#nowMs + durationMs)
  }
}
