import {
  changeUpgradeJob,
  type Database,
  findHarbourDevice,
  findOpenJob,
  listInstalledJobs,
  type UpgradeJobRow,
} from '@paikea/database'
import { BlobDamagedError, type BlobStore } from '@paikea/firmware'
import { registerDevice, systemCaller } from '@paikea/operations'
import type { DeviceDesk, DeviceName, OpenJob } from '../http/desk.ts'
import type { Log } from '@paikea/domain'
import { checkJob, type JobQuestion } from './check-job.ts'
import { completeJob } from './complete-job.ts'
import { createDownloadLog, type DownloadProgress } from './download-log.ts'
import { createJobWatch } from './job-watch.ts'
import { createReleaseShelf } from './release-shelf.ts'
import { createTogether } from './together.ts'

/** What the desk depends on. */
export interface DeskDeps {
  readonly db: Database
  readonly blobs: BlobStore
  readonly log: Log
  /** Called after a commit that changed a job's state or reason, to wake its workflow. */
  readonly onJobChanged?: (job: { readonly id: number; readonly iam: string }) => void
  /** Called after a commit that recorded download progress. */
  readonly onProgress?: (progress: readonly DownloadProgress[]) => void
}

/** The desk over the database; stop it with the process. */
export interface DatabaseDesk extends DeviceDesk {
  /** Writes what is still buffered. */
  stop(): Promise<void>
}

interface Completed {
  readonly job: UpgradeJobRow
  readonly at: Date
}

/** How often to retry recording a `complete`: the device does not repeat it. */
const REPEAT_COMPLETE_MS = 2000
const MAX_WAITING_COMPLETES = 10_000

/** Creates the desk over the database and the stored files. */
export function createDatabaseDesk(deps: DeskDeps): DatabaseDesk {
  const { db, blobs, log, onJobChanged, onProgress } = deps
  const shelf = createReleaseShelf(db)
  const watch = createJobWatch(db)
  const downloads = createDownloadLog({ db, log, onProgress: (progress) => onProgress?.(progress) })
  const check = createTogether(db, (question: JobQuestion, tx) => checkJob(db, question, tx))
  const complete = createTogether(db, (done: Completed, tx) => completeJob(db, done, tx))
  const waiting = new Map<number, Completed>()
  let isStopped = false

  const changed = (job: UpgradeJobRow): void => {
    watch.forget(job.id)
    onJobChanged?.({ id: job.id, iam: job.iam })
  }

  async function findOwn({
    kind,
    iam,
    jobId,
  }: DeviceName & { readonly jobId: string | null }): Promise<UpgradeJobRow | null> {
    const id = jobId === null || !/^\d{1,15}$/u.test(jobId) ? null : Number(jobId)
    const job = id === null ? null : await watch.find(id)
    return job !== null && job.iam === iam && job.kind === kind ? job : null
  }

  /** A device that contacts us after an installation has survived it. */
  async function noteSeen(deviceId: number): Promise<void> {
    const now = new Date()
    for (const job of await listInstalledJobs(db, { deviceId })) {
      const change = { state: 'succeeded', reason: null, finishedAt: now } as const
      if (await db.write((tx) => changeUpgradeJob(db, { id: job.id, from: ['installed'], change, now }, tx)))
        changed(job)
    }
  }

  function toOpenJob(job: UpgradeJobRow, shelved: Awaited<ReturnType<typeof shelf.take>>): OpenJob {
    return {
      id: job.id,
      metadata: shelved.metadata,
      async readFile(path) {
        const file = shelved.files.get(path)
        if (file === undefined) return null
        try {
          const content = await blobs.get(file.sha256)
          downloads.note({ id: job.id, total: shelved.total }, file.index, new Date())
          return content
        } catch (error) {
          const reason = error instanceof BlobDamagedError ? error.message : String(error)
          log.error('harbour.file-not-served', { jobId: job.id, path, reason })
          return null
        }
      },
    }
  }

  async function writeComplete(done: Completed): Promise<void> {
    if (await complete(done)) changed(done.job)
    waiting.delete(done.job.id)
  }

  async function repeatComplete(done: Completed): Promise<void> {
    try {
      await writeComplete(done)
    } catch {
      if (!isStopped) setTimeout(() => void repeatComplete(done), REPEAT_COMPLETE_MS).unref()
    }
  }

  return {
    async register({ kind, iam, address }) {
      const made = await registerDevice({ db, caller: { ...systemCaller('harbour'), address } }, { kind, iam })
      if (made.isNew) log.info('harbour.registered', { iam: made.iam, kind })
      const device = await findHarbourDevice(db, { kind, iam: made.iam })
      if (!made.isNew && device !== null) await noteSeen(device.id)
      return made.iam
    },
    async check({ kind, iam, freeBytes }) {
      const device = await findHarbourDevice(db, { kind, iam })
      if (device === null || device.isDeleted) return { jobId: null, isKnown: device !== null }
      await noteSeen(device.id)
      const { job, keptBack } = await check({ device, freeBytes, now: new Date() })
      if (job !== null) downloads.forget(job.id)
      const touched = job ?? keptBack
      if (touched !== null) changed(touched)
      return { jobId: job?.id ?? null, isKnown: true }
    },
    async findJob(input) {
      const job = await findOwn(input)
      if (job === null || !['prepared', 'offered', 'downloading'].includes(job.state)) return null
      const shelved = await shelf.take(job.releaseId)
      downloads.note({ id: job.id, total: shelved.total }, null, new Date())
      return toOpenJob(job, shelved)
    },
    async currentJob({ kind, iam }) {
      const device = await findHarbourDevice(db, { kind, iam })
      return device === null ? null : ((await findOpenJob(db, { deviceId: device.id }))?.id ?? null)
    },
    async complete({ kind, iam, jobId, isDone }) {
      const job = await findOwn({ kind, iam, jobId })
      if (job === null || !isDone) return job?.id ?? null
      // Reported again before the first report is recorded: idempotent.
      if (waiting.has(job.id)) return job.id
      if (waiting.size >= MAX_WAITING_COMPLETES) {
        log.error('harbour.complete-lost', { jobId: job.id })
        return job.id
      }
      const done = { job, at: new Date() }
      waiting.set(job.id, done)
      await repeatComplete(done)
      return job.id
    },
    async stop() {
      isStopped = true
      await downloads.stop()
      await Promise.all([...waiting.values()].map((done) => writeComplete(done).catch(() => undefined)))
    },
  }
}
