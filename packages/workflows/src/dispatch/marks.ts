import { markDispatched, type Database } from '@paikea/database'
import type { Log } from '@paikea/domain'

import type { DispatchJob } from './kinds.ts'

const DELAY_MS = 300
const AFTER_FAILURE_MS = 1_000
const MAX_PER_STATEMENT = 500
/** Beyond this, marks are dropped: the sweep then starts those rows again, which is harmless. */
const MAX_KEPT = 20_000

/**
 * Notes which workflows were started, many rows a statement and a little late: until then `has()` keeps the sweep from
 * taking them for left behind.
 */
export class Marks {
  readonly #db: Database
  readonly #log: Log
  readonly #started = new Map<string, { readonly job: DispatchJob; readonly at: Date }>()
  #timer: NodeJS.Timeout | null = null
  #flushing: Promise<void> = Promise.resolve()

  constructor(db: Database, log: Log) {
    this.#db = db
    this.#log = log
  }

  get size(): number {
    return this.#started.size
  }

  has(key: string): boolean {
    return this.#started.has(key)
  }

  /** @param at when it was asked for: an eager start is through with its work before it is noted */
  add(job: DispatchJob, at: Date): void {
    if (this.#started.size >= MAX_KEPT || this.#started.has(job.key)) return
    this.#started.set(job.key, { job, at })
    this.#timer ??= setTimeout(() => void this.flush(), DELAY_MS)
  }

  /** Writes what there is; never fails, what could not be written is kept for the next time. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#flushing = this.#flushing.then(() => this.#write())
    return this.#flushing
  }

  /** Writes what there is a last time. */
  async close(): Promise<void> {
    await this.flush()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  async #write(): Promise<void> {
    while (this.#started.size > 0) {
      const group = [...this.#started.values()].slice(0, MAX_PER_STATEMENT)
      try {
        await markDispatched(this.#db, { rows: group.map(({ job, at }) => ({ table: job.kind, id: job.id, at })) })
      } catch (error) {
        this.#log.warn('dispatch.mark-failed', { rows: group.length, error: String(error) })
        this.#timer ??= setTimeout(() => void this.flush(), AFTER_FAILURE_MS)
        return
      }
      for (const { job } of group) this.#started.delete(job.key)
    }
  }
}
