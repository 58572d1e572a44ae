import {
  changeUpgradeJob,
  type Database,
  findOpenJob,
  findRelease,
  findRollout,
  type HarbourDeviceRow,
  type Transaction,
  type UpgradeJobRow,
} from '@paikea/database'
import { flashFull, reasonFor, type JobReason } from '@paikea/firmware'
import { fitsOnFlash } from '@paikea/firmware/wire'

/** The answer to a device that asks for work. */
export interface CheckOutcome {
  /** The job it may begin; `null`: none now. */
  readonly job: UpgradeJobRow | null
  /** A job that is held back, for users to see. */
  readonly keptBack: UpgradeJobRow | null
}

/** A device's request for work. */
export interface JobQuestion {
  readonly device: HarbourDeviceRow
  readonly freeBytes: number | null
  readonly now: Date
}

/** Offers a device its open job, always from the first file, whatever was fetched before. */
export async function checkJob(db: Database, question: JobQuestion, tx: Transaction): Promise<CheckOutcome> {
  const { device, freeBytes, now } = question
  const job = await findOpenJob(db, { deviceId: device.id }, tx)
  if (job === null) return { job: null, keptBack: null }
  const keep = async (reason: JobReason): Promise<CheckOutcome> => {
    const change = { reason, freeBytes, heardAt: now }
    await changeUpgradeJob(db, { id: job.id, from: [job.state], change, now }, tx)
    return { job: null, keptBack: job }
  }
  if (job.rolloutId !== null && job.state === 'prepared') {
    const rollout = await findRollout(db, { scope: { all: true }, id: job.rolloutId }, tx)
    if (rollout?.state === 'paused') return await keep(reasonFor('rollout-paused'))
  }
  const release = await findRelease(db, { id: job.releaseId }, tx)
  const needed = release?.flashBytes ?? 0
  if (freeBytes !== null && !fitsOnFlash(needed, freeBytes)) return await keep(flashFull(needed, freeBytes))
  const change = {
    state: 'offered',
    reason: null,
    freeBytes,
    filesDone: 0,
    seenFiles: null,
    newRun: true,
    offeredAt: now,
    heardAt: now,
  } as const
  await changeUpgradeJob(db, { id: job.id, from: [job.state], change, now }, tx)
  return { job, keptBack: null }
}
