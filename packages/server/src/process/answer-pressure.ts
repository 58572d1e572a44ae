import { performance } from 'node:perf_hooks'

/** Tells how much there is to answer to the vendor just now, so that starting workflows makes way for it. */
export interface AnswerPressure {
  /** `none` where hardly anyone has waited for an answer lately: then the whole machine may act on what there is. */
  load(): 'none' | 'some' | 'slow'
  /** Runs what works out an answer, and takes its time. */
  watch<T>(work: () => Promise<T>): Promise<T>
  stop(): void
}

/** How pressure is measured. */
export interface AnswerPressureOptions {
  /** An answer that takes longer is slow. @default 25 */
  readonly slowAboveMs?: number
  /** After so long without an answer nobody waits any more. @default 250 */
  readonly forgetMs?: number
  /**
   * So few answers a second hold up nothing, however slow the machine is: without making way for them, what they bring is
   * acted on as it comes. @default 40
   */
  readonly fewPerSecond?: number
}

const TICK_MS = 10
/** Weight of the latest answer: a single slow one is not yet pressure, and a dozen quick ones end it. */
const WEIGHT = 0.15

/** Watches how long answers take, with what a request waits before anyone looks at it: how late a timer fires. */
export function watchAnswerPressure(options: AnswerPressureOptions = {}): AnswerPressure {
  const { slowAboveMs = 25, forgetMs = 250, fewPerSecond = 40 } = options
  /** Beginnings, oldest first. */
  const pending = new Set<{ readonly startedAt: number }>()
  let smoothMs = 0
  let lastEndAt = Number.NEGATIVE_INFINITY
  let lagMs = 0
  /** Of about the last second. */
  let askedFor = 0
  let lastAskedAt = Number.NEGATIVE_INFINITY
  let expectedAt = performance.now() + TICK_MS
  const timer = setInterval(() => {
    const now = performance.now()
    // The worst of late decays within a few ticks.
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
        // What was before a pause says nothing about now.
        if (now - lastEndAt >= forgetMs) smoothMs = 0
        smoothMs += (now - own.startedAt + lagMs - smoothMs) * WEIGHT
        lastEndAt = now
      }
    },
    stop: () => clearInterval(timer),
  }
}
