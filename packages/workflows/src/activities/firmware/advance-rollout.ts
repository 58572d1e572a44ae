import {
  changeRollout,
  type Database,
  findDeviceFirmware,
  findOpenJob,
  findRelease,
  findRollout,
  insertUpgradeJob,
  isDeviceInUse,
  listRolloutDevices,
  type RolloutDeviceRow,
  type RolloutRow,
  settleRolloutDevice,
  type Transaction,
} from '@paikea/database'
import { decideRollout, type RolloutDevice, type RolloutFacts } from '@paikea/firmware'
import type { FirmwareDeps, RolloutLook } from './firmware-deps.ts'

const ALL = { all: true } as const
const MAX_STEPS = 50
const DEVICES_IN_ONE_WRITE = 50
/** How long an upgrade job of a roll-out waits for its device. */
const JOB_LIFE_MS = 30 * 24 * 3600_000

/** Advances a roll-out as far as it can go now. */
export async function advanceRollout(deps: FirmwareDeps, rolloutId: number): Promise<RolloutLook> {
  const { db, log, clock = () => new Date() } = deps
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const rollout = await findRollout(db, { scope: ALL, id: rolloutId })
    if (rollout === null) return { step: 'over', state: 'missing' }
    const devices = await listRolloutDevices(db, { rolloutId })
    const now = clock()
    const step = decideRollout(factsOf(rollout, devices), now)
    if (step.kind === 'over') return { step: 'over', state: rollout.state }
    if (step.kind === 'wait') return { step: 'wait', forMs: step.forMs, needs: needsOf(rollout) }
    log.info('rollout.step', { rolloutId, step: step.kind })
    const change = (what: Parameters<typeof changeRollout>[1]['change']): Promise<boolean> =>
      db.write((tx) => changeRollout(db, { id: rolloutId, from: ['running'], change: what, now }, tx))
    switch (step.kind) {
      case 'begin-stage':
        if (step.stage !== rollout.stage || rollout.stageBeganAt === null) {
          await change({ stage: step.stage, stageBeganAt: now, stageEndedAt: null })
        }
        await beginStage(deps, rollout, { devices: devices.filter((device) => device.stage === step.stage), now })
        break
      case 'pause':
        await change({
          state: 'paused',
          reason: {
            code: 'too-many-failures',
            detail: `${step.failures} of the devices failed, which reaches the share at which the roll-out pauses.`,
            whatToDo: 'Check the failed upgrades; then resume the roll-out, or cancel it.',
          },
        })
        break
      case 'end-stage':
        await change({ stageEndedAt: now })
        break
      case 'wait-for-approval':
        await change({
          state: 'waiting',
          reason: {
            code: 'waits-for-approval',
            detail: `Stage ${step.stage} of ${rollout.stages} is over.`,
            whatToDo: `Approve stage ${step.stage + 1}, or cancel the roll-out.`,
          },
        })
        break
      case 'finish':
        await change({ state: 'done', reason: null, finishedAt: now })
        break
    }
  }
  return { step: 'wait', forMs: 1000, needs: null }
}

/** The facts that decide a roll-out. */
export function factsOf(rollout: RolloutRow, devices: readonly RolloutDeviceRow[]): RolloutFacts {
  return { ...rollout, devices: devices.map(toDevice) }
}

function toDevice(device: RolloutDeviceRow): RolloutDevice {
  return { stage: device.stage, state: device.skipped === null ? (device.jobState ?? 'none') : 'skipped' }
}

function needsOf(rollout: RolloutRow): Extract<RolloutLook, { step: 'wait' }>['needs'] {
  const { reason, state } = rollout
  if (reason === null || (state !== 'waiting' && state !== 'paused')) return null
  return { reason: reason.code, what: reason.detail, whatToDo: reason.whatToDo ?? '' }
}

async function beginStage(
  deps: FirmwareDeps,
  rollout: RolloutRow,
  { devices, now }: { readonly devices: readonly RolloutDeviceRow[]; readonly now: Date },
): Promise<void> {
  const { db, onJobs } = deps
  const open = devices.filter(({ jobId, skipped }) => jobId === null && skipped === null)
  for (let at = 0; at < open.length; at += DEVICES_IN_ONE_WRITE) {
    const some = open.slice(at, at + DEVICES_IN_ONE_WRITE)
    const made = await db.write(async (tx) => {
      const jobs: { readonly id: number }[] = []
      for (const { deviceId } of some) {
        const begun = await beginDevice(db, rollout, { deviceId, now }, tx)
        const skipped = 'skipped' in begun ? begun.skipped : null
        const jobId = 'jobId' in begun ? begun.jobId : null
        await settleRolloutDevice(db, { rolloutId: rollout.id, deviceId, jobId, skipped }, tx)
        if (jobId !== null) jobs.push({ id: jobId })
      }
      return jobs
    })
    onJobs?.(made)
  }
}

type Begun = { readonly jobId: number } | { readonly skipped: string }

async function beginDevice(
  db: Database,
  rollout: RolloutRow,
  { deviceId, now }: { readonly deviceId: number; readonly now: Date },
  tx: Transaction,
): Promise<Begun> {
  const release = await findRelease(db, { id: rollout.releaseId }, tx)
  if (release === null || release.state !== 'ready') return { skipped: 'release-gone' }
  if (!(await isDeviceInUse(db, { deviceId }, tx))) return { skipped: 'gone' }
  const runs = await findDeviceFirmware(db, { deviceId }, tx)
  if (runs?.releaseId === release.id) return { skipped: 'has-it' }
  const isDowngrade =
    runs?.committedAt != null && release.committedAt !== null && release.committedAt < runs.committedAt
  if (isDowngrade && !rollout.allowDowngrade) return { skipped: 'downgrade' }
  if ((await findOpenJob(db, { deviceId }, tx)) !== null) return { skipped: 'has-open-job' }
  const jobId = await insertUpgradeJob(
    db,
    {
      deviceId,
      releaseId: release.id,
      rolloutId: rollout.id,
      isDowngrade,
      filesTotal: release.fileCount ?? 0,
      expiresAt: new Date(now.getTime() + JOB_LIFE_MS),
      requestedBy: rollout.requestedBy,
      now,
    },
    tx,
  )
  return { jobId }
}
