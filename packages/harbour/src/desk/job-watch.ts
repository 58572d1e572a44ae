import { type Database, findUpgradeJob, type UpgradeJobRow } from '@paikea/database'

/** A short-lived cache of the jobs that devices are working on: a device requests a hundred files a minute. */
export interface JobWatch {
  /** @returns the job, `null` if there is none; at most as old as the cache's limit */
  find(id: number): Promise<UpgradeJobRow | null>
  /** Drops a job that was just changed. */
  forget(id: number): void
}

/** The longest that a withdrawn job is still served. */
const FRESH_MS = 2000
const MAX_JOBS = 20_000

/** Creates the cache. */
export function createJobWatch(db: Database): JobWatch {
  const known = new Map<number, { readonly at: number; readonly job: Promise<UpgradeJobRow | null> }>()
  return {
    find(id) {
      const found = known.get(id)
      const now = Date.now()
      if (found !== undefined && now - found.at < FRESH_MS) return found.job
      const job = findUpgradeJob(db, { scope: { all: true }, id })
      if (known.size >= MAX_JOBS) known.clear()
      known.set(id, { at: now, job })
      job.catch(() => known.delete(id))
      return job
    },
    forget: (id) => void known.delete(id),
  }
}
