import { type Database, deleteLinkSessions } from '@paikea/database'
import type { Log } from '@paikea/domain'

const DAY_MS = 24 * 3600_000
const KEEP_MS = 90 * DAY_MS
const EVERY_MS = 3600_000
/** A record has up to 16 MB of chunks: delete few at a time, to keep transactions short. */
const AT_ONCE = 20

/** Deletes link records older than `keepMs`, now and every hour. @returns a function that stops it */
export function keepRecordsFor(
  keepMs: number = KEEP_MS,
  { db, log }: { readonly db: Database; readonly log: Log },
): () => void {
  let isStopped = false
  async function remove(): Promise<void> {
    const before = new Date(Date.now() - keepMs)
    let removed = 0
    try {
      for (let some = AT_ONCE; some === AT_ONCE && !isStopped; removed += some) {
        some = await deleteLinkSessions(db, { before, limit: AT_ONCE })
      }
      if (removed > 0) log.info('link.records-removed', { removed })
    } catch (error) {
      if (!isStopped) log.warn('link.records-not-removed', { error: String(error) })
    }
  }
  const timer = setInterval(() => void remove(), EVERY_MS)
  timer.unref()
  void remove()
  return () => {
    isStopped = true
    clearInterval(timer)
  }
}
