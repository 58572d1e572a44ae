import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How often to check for idle time. */
const LOOK_EVERY_MS = 15_000
/** A process busier than this share of the time is not idle. */
const MAX_UTILIZATION = 0.05
/** Less garbage than this is not worth a pause. */
const MIN_GARBAGE_BYTES = 12 * 1024 * 1024

/**
 * Collects garbage that a start or a storm has left behind, once the process is idle: without allocations V8 would keep
 * it. The pause (some 50 ms) falls when nobody waits.
 *
 * @returns a function that stops it
 */
export function collectWhenIdle(): () => void {
  const collect = findCollector()
  if (collect === null) return () => undefined
  let before = performance.eventLoopUtilization()
  let keptBytes = 0
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    if (utilization > MAX_UTILIZATION || process.memoryUsage().heapTotal - keptBytes < MIN_GARBAGE_BYTES) return
    collect()
    keptBytes = process.memoryUsage().heapTotal
    // Do not count the collection itself as work.
    before = performance.eventLoopUtilization()
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** V8's own collector; `null` under a runtime that does not expose it. */
function findCollector(): (() => void) | null {
  try {
    setFlagsFromString('--expose-gc')
    const collector: unknown = runInNewContext('gc')
    return typeof collector === 'function' ? () => void Reflect.apply(collector, undefined, []) : null
  } catch {
    return null
  }
}
