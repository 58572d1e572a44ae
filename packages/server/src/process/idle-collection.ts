import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How often it is looked whether there is time for it. */
const LOOK_EVERY_MS = 15_000
/** Whoever is busier than this part of the time has no time for it. */
const MAX_UTILIZATION = 0.05
/** Less than this is not worth a pause. */
const MIN_GARBAGE_BYTES = 12 * 1024 * 1024

/**
 * Lets V8 give back what a start or a storm has left behind, once the process is idle: by itself V8 keeps it for as long as nothing is
 * allocated. The pause (some 50 ms) falls if nobody waits.
 *
 * @returns what ends it
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
    // The collection itself is not work.
    before = performance.eventLoopUtilization()
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** V8's own collector; `null` under a runtime that does not let us. */
function findCollector(): (() => void) | null {
  try {
    setFlagsFromString('--expose-gc')
    const collector: unknown = runInNewContext('gc')
    return typeof collector === 'function' ? () => void Reflect.apply(collector, undefined, []) : null
  } catch {
    return null
  }
}
