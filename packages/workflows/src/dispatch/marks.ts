import type { Log } from '@paikea/domain'
import { markDispatched } from '@paikea/database'
import type { Database } from '@paikea/database'

import type { DispatchJob } from './jobs.ts'

const delayMs = 300
const maxPerStatement = 500
/** Beyond this, marks are dropped: the sweep then starts those rows again, which is harmless. */
const maxKept = 20_000

/**
 * Notes which workflows were started, many rows a statement and a little late: until then `has()` keeps the sweep from
 * taking them for left behind.
 */
export class Marks {
  readonly #db: Database
  readonly #log: Log
  #started: { readonly job: DispatchJob; readonly at: Date }[] = []
  readonly #keys = new Set<string>()
  #timer: NodeJS.Timeout | null = null
  #flushing: Promise<void> | null = null
  #isClosed = false

  constructor(db: Database, log: Log) {
    this.#db = db
    this.#log = log
  }

  get size(): number {
    return this.#keys.size
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  /** @param at when it was asked for: an eager start is through with its work before it is noted */
  add(job: DispatchJob, at: Date): void {
    if (this.#keys.size >= maxKept || this.#keys.has(job.key)) return
    this.#started.push({ job, at })
    this.#keys.add(job.key)
    this.#flushIn(delayMs)
  }

  /** Writes what there is a last time. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.flush()
  }

  /** Writes what there is; never fails, what could not be written is kept for the next time. */
  flush(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = null
    })
    return this.#flushing
  }

  #flushIn(ms: number): void {
    if (this.#timer !== null || this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.flush()
    }, ms)
  }

  async #write(): Promise<void> {
    while (this.#started.length > 0) {
      const group = this.#started.slice(0, maxPerStatement)
      try {
        await markDispatched(this.#db, {
          inbound: group.flatMap(({ job, at }) => (job.kind === 'inbound' ? [{ id: job.row.messageId, at }] : [])),
          outbound: group.flatMap(({ job, at }) => (job.kind === 'outbound' ? [{ id: job.row.outboundId, at }] : [])),
        })
      } catch (error) {
        this.#log.warn('dispatch.mark-failed', { rows: group.length, error: String(error) })
        this.#flushIn(1_000)
        return
      }
      this.#started = this.#started.slice(group.length)
      for (const { job } of group) this.#keys.delete(job.key)
    }
  }
}
