import { type Database, loadSeenFiles, noteDownloads } from '@paikea/database'
import { createSeenFiles, type SeenFiles } from '@paikea/firmware'
import type { Log } from '@paikea/domain'

/** The progress of a download. */
export interface DownloadProgress {
  readonly jobId: number
  readonly filesDone: number
  readonly filesTotal: number
}

/** Records which files devices fetch, in batches: a transaction per file would cost more than the file. */
export interface DownloadLog {
  /** Notes a request of the device. `index`: of the file it got; `null`: any other request. */
  note(job: { readonly id: number; readonly total: number }, index: number | null, at: Date): void
  /** A run starts over: what was fetched before does not count. */
  forget(jobId: number): void
  /** Writes what is still buffered. */
  stop(): Promise<void>
}

interface Entry {
  readonly seen: SeenFiles
  readonly total: number
  heardAt: Date
  isDirty: boolean
  /** When it was last written, in milliseconds since 1970. */
  writtenAt: number
}

const LOOK_EVERY_MS = 500
/** Each download is written at most this often. */
const WRITE_EVERY_MS = 3000
const JOBS_IN_ONE_WRITE = 100
/** A download silent for this long is dropped from memory. */
const FORGET_AFTER_MS = 30 * 60_000

/** Creates the log and starts its timer. */
export function createDownloadLog(options: {
  readonly db: Database
  readonly log: Log
  /** Called after each commit. */
  readonly onProgress: (progress: readonly DownloadProgress[]) => void
}): DownloadLog {
  const { db, log, onProgress } = options
  const entries = new Map<number, Entry>()
  let writing: Promise<void> | null = null

  async function writeSome(all: boolean): Promise<void> {
    const now = Date.now()
    const due: [number, Entry][] = []
    for (const [id, entry] of entries) {
      const isWhole = entry.seen.count === entry.total
      if (entry.isDirty && (all || isWhole || now - entry.writtenAt >= WRITE_EVERY_MS)) due.push([id, entry])
      else if (now - entry.heardAt.getTime() > FORGET_AFTER_MS) entries.delete(id)
    }
    for (let at = 0; at < due.length; at += JOBS_IN_ONE_WRITE) await write(due.slice(at, at + JOBS_IN_ONE_WRITE))
  }

  async function write(batch: readonly (readonly [number, Entry])[]): Promise<void> {
    for (const [, entry] of batch) entry.isDirty = false
    try {
      await db.write(async (tx) => {
        const stored = await loadSeenFiles(db, { ids: batch.map(([id]) => id) }, tx)
        for (const [id, entry] of batch) entry.seen.merge(stored.get(id) ?? null)
        const rows = batch.map(([id, { seen, heardAt }]) => ({
          id,
          filesDone: seen.count,
          seenFiles: seen.toHex(),
          heardAt,
        }))
        await noteDownloads(db, rows, tx)
      })
    } catch (error) {
      for (const [, entry] of batch) entry.isDirty = true
      log.warn('harbour.progress-not-written', { reason: error instanceof Error ? error.message : String(error) })
      return
    }
    const now = Date.now()
    for (const [, entry] of batch) entry.writtenAt = now
    onProgress(batch.map(([jobId, { seen, total }]) => ({ jobId, filesDone: seen.count, filesTotal: total })))
  }

  const run = (all: boolean): Promise<void> =>
    (writing ??= writeSome(all).finally(() => {
      writing = null
    }))
  const timer = setInterval(() => void run(false), LOOK_EVERY_MS)
  timer.unref()

  return {
    note({ id, total }, index, at) {
      const known = entries.get(id)
      const entry = known ?? { seen: createSeenFiles(total), total, heardAt: at, isDirty: false, writtenAt: 0 }
      if (known === undefined) entries.set(id, entry)
      entry.heardAt = at
      if (index !== null) entry.seen.add(index)
      entry.isDirty = true
    },
    forget(jobId) {
      entries.delete(jobId)
    },
    async stop() {
      clearInterval(timer)
      await writing
      await run(true)
    },
  }
}
