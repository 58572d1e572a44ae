import { type Database, isUnavailable, type Transaction } from '@paikea/database'
import type { Log } from '@paikea/domain'

/** A database change to make soon. */
export type StoreJob = (at: { readonly db: Database; readonly tx: Transaction }) => Promise<void>

/** Writes link events behind: no frame waits for the database, and many changes share a transaction. */
export interface LinkStore {
  add(job: StoreJob): void
  /** Resolves once everything added so far is written or given up. */
  idle(): Promise<void>
}

const MAX_JOBS_AT_ONCE = 200
/** While the database is unavailable, the oldest beyond this many are dropped. */
const MAX_WAITING = 20_000
const RETRY_MS = 1000
const MAX_TRIES = 30

/** Creates it. */
export function createLinkStore({ db, log }: { readonly db: Database; readonly log: Log }): LinkStore {
  let waiting: StoreJob[] = []
  let running: Promise<void> | null = null
  let lost = 0

  async function write(jobs: readonly StoreJob[]): Promise<void> {
    await db.write(async (tx) => {
      for (const job of jobs) await job({ db, tx })
    })
  }

  async function writeEach(jobs: readonly StoreJob[]): Promise<void> {
    for (const job of jobs) {
      await write([job]).catch((error: unknown) => log.warn('link.not-stored', { error: String(error) }))
    }
  }

  async function run(): Promise<void> {
    // Changes added in the same tick share a transaction: a link and what is recorded of it.
    await Promise.resolve()
    while (waiting.length > 0) {
      const jobs = waiting.splice(0, MAX_JOBS_AT_ONCE)
      for (let tries = 1; ; tries += 1) {
        try {
          await write(jobs)
          break
        } catch (error) {
          if (!isUnavailable(error)) {
            await writeEach(jobs)
            break
          }
          if (tries >= MAX_TRIES) {
            log.warn('link.not-stored', { error: String(error), jobs: jobs.length })
            break
          }
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
        }
      }
    }
  }

  const start = (): void => {
    running ??= run().finally(() => {
      running = null
      if (waiting.length > 0) start()
    })
  }

  return {
    add(job) {
      waiting.push(job)
      if (waiting.length > MAX_WAITING) {
        lost += waiting.length - MAX_WAITING
        waiting = waiting.slice(-MAX_WAITING)
        log.warn('link.store-full', { lost })
      }
      start()
    },
    async idle() {
      while (running !== null) await running
    },
  }
}
