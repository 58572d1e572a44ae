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
import { checkJob } from './check-job.ts'
import { completeJob } from './complete-job.ts'
import { createDownloadLog, type DownloadProgress } from './download-log.ts'
import { createJobWatch } from './job-watch.ts'
import { createReleaseShelf } from './release-shelf.ts'

/** What the desk works with. */
export interface DeskDeps {
  readonly db: Database
  readonly blobs: BlobStore
  readonly log: Log
  /** After a commit: a job's state or reason changed; its workflow should look. */
  readonly onJobChanged?: (job: { readonly id: number; readonly iam: string }) => void
  /** After a commit: downloads went on. */
  readonly onProgress?: (progress: readonly DownloadProgress[]) => void
}

/** The desk over the database; stopped with the process. */
export interface DatabaseDesk extends DeviceDesk {
  /** Writes down what is left. */
  stop(): Promise<void>
}

/** A `complete` that could not be written down is not repeated by the device. */
const REPEAT_COMPLETE_MS = 2000
const MAX_WAITING_COMPLETES = 10_000

/** Builds the desk over the database and the stored files. */
export function createDatabaseDesk(deps: DeskDeps): DatabaseDesk {
  const { db, blobs, log, onJobChanged, onProgress } = deps
  const shelf = createReleaseShelf(db)
  const watch = createJobWatch(db)
  const downloads = createDownloadLog({ db, log, onProgress: (progress) => onProgress?.(progress) })
  const waiting = new Map<number, { readonly job: UpgradeJobRow; readonly at: Date }>()
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

  /** A device that speaks to us again after an installation has come through it. */
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

  async function writeCompletes(): Promise<void> {
    for (const [id, { job, at }] of waiting) {
      if (await completeJob(db, job, at)) changed(job)
      waiting.delete(id)
    }
  }

  async function repeatCompletes(): Promise<void> {
    try {
      await writeCompletes()
    } catch {
      if (!isStopped) setTimeout(() => void repeatCompletes(), REPEAT_COMPLETE_MS).unref()
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
      const { job, keptBack } = await checkJob(db, device, freeBytes, new Date())
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
      if (waiting.size >= MAX_WAITING_COMPLETES) log.error('harbour.complete-lost', { jobId: job.id })
      else waiting.set(job.id, { job, at: new Date() })
      await repeatCompletes()
      return job.id
    },
    async stop() {
      isStopped = true
      await downloads.stop()
      await writeCompletes().catch(() => undefined)
    },
  }
}
