import { performance } from 'node:perf_hooks'

/** Tells whether the process is behind with its work. */
export interface LoopPressure {
  /** A timer came so late lately that requests wait too. */
  isBusy(): boolean
  /** The lag seen last, in milliseconds. */
  lagMs(): number
  stop(): void
}

const tickMs = 10

/**
 * Watches how late a timer fires: what a request would have to wait before anybody looks at it. Starting workflows
 * yields to answering by this.
 */
export function watchLoopPressure(o: { /** @default 12 */ readonly busyAboveMs?: number } = {}): LoopPressure {
  const busyAboveMs = o.busyAboveMs ?? 12
  let lagMs = 0
  let expectedAt = performance.now() + tickMs
  const timer = setInterval(() => {
    const now = performance.now()
    // The worst of late decays within a few ticks: one long step is not yet a busy process, but the next callers feel it.
    lagMs = Math.max(now - expectedAt, lagMs * 0.7, 0)
    expectedAt = now + tickMs
  }, tickMs)
  timer.unref()
  return { isBusy: () => lagMs > busyAboveMs, lagMs: () => lagMs, stop: () => clearInterval(timer) }
}
