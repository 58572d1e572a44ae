import { changeUpgradeJob, findUpgradeJob, type JobChange, whenHeard } from '@paikea/database'
import { decideLook, reasonFor, type SendOutcome } from '@paikea/firmware'
import type { FirmwareDeps, UpgradeStep } from './firmware-deps.ts'

const ALL = { all: true } as const
/** Reasons that require someone to go to the device. */
const NEEDS_SOMEBODY: ReadonlySet<string> = new Set([
  'flash-full',
  'silent',
  'silent-while-installing',
  'not-seen-since',
])

/** Looks at an upgrade, records the result, and says when to look again. */
export async function lookAtUpgrade(deps: FirmwareDeps, jobId: number): Promise<UpgradeStep> {
  const { db, links, onJobs } = deps
  const job = await findUpgradeJob(db, { scope: ALL, id: jobId })
  if (job === null) return { step: 'over', state: 'missing' }
  const [link, seenAt] = await Promise.all([links.find(job.iam), whenHeard(db, { deviceId: job.deviceId })])
  const now = new Date()
  const outcome = decideLook({ ...job, link, seenAt }, now)
  const { state, reason, restart, isDone, nextLookMs } = outcome
  // Keep the reason that someone holds the controls until the controls are taken.
  const isHeld = restart && job.reason?.code === 'page-holds-controls'
  const isReasonNew = !isHeld && reason !== undefined && (reason?.code ?? null) !== (job.reason?.code ?? null)
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

/** Sends a device into its updater, and counts the attempt. */
export async function sendIntoUpdater(deps: FirmwareDeps, jobId: number): Promise<SendOutcome | 'missing'> {
  const { db, links, log, onJobs } = deps
  const job = await findUpgradeJob(db, { scope: ALL, id: jobId })
  if (job === null) return 'missing'
  const outcome = await links.sendIntoUpdater(job.iam)
  log.info('upgrade.sent-into-updater', { jobId, iam: job.iam, outcome })
  const change = changeAfter(outcome)
  if (change !== null) {
    const from = ['prepared', 'offered', 'downloading'] as const
    await db.write((tx) => changeUpgradeJob(db, { id: jobId, from, change, now: new Date() }, tx))
    onJobs?.([{ id: jobId }])
  }
  return outcome
}

function changeAfter(outcome: SendOutcome): JobChange | null {
  switch (outcome) {
    case 'sent':
      return { newRestart: true, reason: null }
    case 'no-answer':
      return { newRestart: true }
    case 'controls-held':
      return { reason: reasonFor('page-holds-controls') }
    case 'offline':
    case 'too-young':
      return null
  }
}
