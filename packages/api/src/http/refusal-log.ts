import type { Log } from '@paikea/domain'

/** Refusals come by the thousand: one line a minute says as much. */
const PAUSE_MS = 60_000

/** Logs expected refusals (overload): without a stack, at most one line a minute per kind. */
export function createRefusalLog(log: Log, now: () => number = () => performance.now()) {
  const lastLines = new Map<string, { at: number; since: number }>()
  return {
    count({ code, route }: { readonly code: string; readonly route: string | null }): void {
      const kind = `${code} ${route ?? ''}`
      const last = lastLines.get(kind)
      if (last !== undefined && now() - last.at < PAUSE_MS) {
        last.since += 1
        return
      }
      log.warn('http.refused', { code, route, count: (last?.since ?? 0) + 1 })
      lastLines.set(kind, { at: now(), since: 0 })
    },
  }
}
