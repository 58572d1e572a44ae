import { type Database, findUpgradeJob, type UpgradeJobRow } from '@paikea/database'

/** Jobs that devices are working on, looked up once in a while: a device asks for a hundred files a minute. */
export interface JobWatch {
  /** @returns the job, `null` for none; at most as old as the watch's limit */
  find(id: number): Promise<UpgradeJobRow | null>
  /** The job was changed here: look again. */
  forget(id: number): void
}

/** A job that was withdrawn is served for so long at most. */
const FRESH_MS = 2000
const MAX_JOBS = 20_000

/** Builds the watch. */
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
