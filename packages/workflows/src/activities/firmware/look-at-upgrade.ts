import { changeUpgradeJob, findUpgradeJob, whenHeard } from '@paikea/database'
import { decideLook } from '@paikea/firmware'
import type { FirmwareDeps, UpgradeStep } from './firmware-deps.ts'

const ALL = { all: true } as const
/** Reasons for which somebody has to go to the device. */
const NEEDS_SOMEBODY: ReadonlySet<string> = new Set([
  'flash-full',
  'silent',
  'silent-while-installing',
  'not-seen-since',
])

/** Looks at an upgrade, writes down what became of it, and says when to look again. */
export async function lookAtUpgrade(deps: FirmwareDeps, jobId: number): Promise<UpgradeStep> {
  const { db, links, onJobs } = deps
  const job = await findUpgradeJob(db, { scope: ALL, id: jobId })
  if (job === null) return { step: 'over', state: 'missing' }
  const [link, seenAt] = await Promise.all([links.find(job.iam), whenHeard(db, { deviceId: job.deviceId })])
  const now = new Date()
  const outcome = decideLook({ ...job, link, seenAt }, now)
  const { state, reason, restart, isDone, nextLookMs } = outcome
  const isReasonNew = reason !== undefined && (reason?.code ?? null) !== (job.reason?.code ?? null)
  if (state !== null || isReasonNew) {
    const change = {
      ...(state === null ? {} : { state, finishedAt: now }),
      ...(isReasonNew ? { reason } : {}),
    }
    await db.write((tx) => changeUpgradeJob(db, { id: jobId, from: [job.state], change, now }, tx))
    onJobs?.([{ id: jobId }])
  }
  if (isDone) return { step: 'over', state: state ?? job.state }
  const stands = reason === undefined ? job.reason : reason
  const needs =
    stands !== null && NEEDS_SOMEBODY.has(stands.code)
      ? { reason: stands.code, what: stands.detail, whatToDo: stands.whatToDo ?? '' }
      : null
  return { step: 'wait', state: state ?? job.state, forMs: nextLookMs, restart, needs }
}

/** Sends a device into its updater, and counts it. */
export async function sendIntoUpdater(
  deps: FirmwareDeps,
  jobId: number,
): Promise<'sent' | 'offline' | 'no-answer' | 'controls-held' | 'missing'> {
  const { db, links, log, onJobs } = deps
  const job = await findUpgradeJob(db, { scope: ALL, id: jobId })
  if (job === null) return 'missing'
  const answer = await links.sendIntoUpdater(job.iam)
  log.info('upgrade.sent-into-updater', { jobId, iam: job.iam, answer })
  if (answer === 'sent' || answer === 'no-answer') {
    const now = new Date()
    const from = ['prepared', 'offered', 'downloading'] as const
    await db.write((tx) => changeUpgradeJob(db, { id: jobId, from, change: { newRestart: true }, now }, tx))
    onJobs?.([{ id: jobId }])
  }
  return answer
}
