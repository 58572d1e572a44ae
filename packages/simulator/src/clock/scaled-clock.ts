import type { CancelTimer, Clock } from './clock.ts'
import { TimerQueue } from './timer-queue.ts'

// setTimeout takes 31 bits of milliseconds; longer waits are split.
const LONGEST_WAIT_MS = 2_000_000_000

/** The machine's time, scaled by a factor that may change at any moment. Simulated time never goes back. */
export class ScaledClock implements Clock {
  readonly #timers = new TimerQueue()
  #speed: number
  #anchorRealMs = Date.now()
  #anchorMs: number
  #handle: ReturnType<typeof setTimeout> | null = null
  #stopped = false

  /**
   * @param options.startMs initial simulated time; default: now
   * @param options.speed simulated seconds per real second; default: 1
   */
  constructor(options: { readonly startMs?: number; readonly speed?: number } = {}) {
    this.#anchorMs = options.startMs ?? this.#anchorRealMs
    this.#speed = options.speed ?? 1
  }

  get speed(): number {
    return this.#speed
  }

  now(): number {
    return Math.floor(this.#anchorMs + (Date.now() - this.#anchorRealMs) * this.#speed)
  }

  stamp(): number {
    return Date.now()
  }

  /** Changes the speed from now on; the time already passed is unaffected. */
  setSpeed(speed: number): void {
    this.#anchorMs = this.now()
    this.#anchorRealMs = Date.now()
    this.#speed = speed
    this.#arm()
  }

  schedule(atMs: number, work: () => void): CancelTimer {
    const nextMs = this.#timers.nextAtMs()
    const cancel = this.#timers.add(atMs, work)
    if (nextMs === null || atMs < nextMs) this.#arm()
    return cancel
  }

  /** Cancels all timers for good. */
  stop(): void {
    this.#stopped = true
    if (this.#handle !== null) clearTimeout(this.#handle)
    this.#handle = null
  }

  #arm(): void {
    if (this.#stopped) return
    if (this.#handle !== null) clearTimeout(this.#handle)
    this.#handle = null
    const nextMs = this.#timers.nextAtMs()
    if (nextMs === null) return
    const waitMs = Math.min(Math.max(0, Math.ceil((nextMs - this.now()) / this.#speed)), LONGEST_WAIT_MS)
    this.#handle = setTimeout(() => this.#run(), waitMs)
  }

  #run(): void {
    this.#handle = null
    // Only what is due at this instant: at high speed new timers may be due again at once, and the event loop must not
    // starve.
    const nowMs = this.now()
    try {
      for (
        let timer = this.#timers.takeDue(nowMs);
        timer !== null && !this.#stopped;
        timer = this.#timers.takeDue(nowMs)
      ) {
        timer.work()
      }
    } finally {
      this.#arm()
    }
  }
}
