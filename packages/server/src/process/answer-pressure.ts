import { performance } from 'node:perf_hooks'

/** Measures the load of vendor deliveries, so that starting workflows gives way to answering them. */
export interface AnswerPressure {
  /** `none` if hardly anything has waited for a response lately: then the whole machine may process what is stored. */
  load(): 'none' | 'some' | 'slow'
  /** Runs the work of a response and measures it. */
  watch<T>(work: () => Promise<T>): Promise<T>
  stop(): void
}

/** How pressure is measured. */
export interface AnswerPressureOptions {
  /** A response that takes longer is slow. @default 25 */
  readonly slowAboveMs?: number
  /** After this long without a response, no one is waiting any more. @default 250 */
  readonly forgetMs?: number
  /**
   * At or below this rate responses hold up nothing, however slow the machine is: what they bring is processed as it
   * arrives. @default 40
   */
  readonly fewPerSecond?: number
}

const TICK_MS = 10
/** Weight of the latest response: a single slow one is not pressure yet, and a dozen fast ones end it. */
const WEIGHT = 0.15

/** Measures response times, including how long a request waits before anyone looks at it: how late a timer fires. */
export function watchAnswerPressure(options: AnswerPressureOptions = {}): AnswerPressure {
  const { slowAboveMs = 25, forgetMs = 250, fewPerSecond = 40 } = options
  /** Running work, oldest first. */
  const pending = new Set<{ readonly startedAt: number }>()
  let smoothMs = 0
  let lastEndAt = Number.NEGATIVE_INFINITY
  let lagMs = 0
  /** Over about the last second. */
  let askedFor = 0
  let lastAskedAt = Number.NEGATIVE_INFINITY
  let expectedAt = performance.now() + TICK_MS
  const timer = setInterval(() => {
    const now = performance.now()
    // The worst recent lag, decaying within a few ticks.
    lagMs = Math.max(now - expectedAt, lagMs * 0.7, 0)
    expectedAt = now + TICK_MS
  }, TICK_MS)
  timer.unref()

  const askedForBy = (now: number): number => askedFor * Math.exp((lastAskedAt - now) / 1000)

  return {
    load() {
      const now = performance.now()
      if (askedForBy(now) < fewPerSecond) return 'none'
      const isRecent = now - lastEndAt < forgetMs
      if (isRecent && smoothMs > slowAboveMs) return 'slow'
      for (const { startedAt } of pending) return now - startedAt > slowAboveMs ? 'slow' : 'some'
      return isRecent ? 'some' : 'none'
    },
    async watch(work) {
      const own = { startedAt: performance.now() }
      askedFor = askedForBy(own.startedAt) + 1
      lastAskedAt = own.startedAt
      pending.add(own)
      try {
        return await work()
      } finally {
        pending.delete(own)
        const now = performance.now()
        // Measurements from before a pause say nothing about now.
        if (now - lastEndAt >= forgetMs) smoothMs = 0
        smoothMs += (now - own.startedAt + lagMs - smoothMs) * WEIGHT
        lastEndAt = now
      }
    },
    stop: () => clearInterval(timer),
  }
}
