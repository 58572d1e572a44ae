import {
  changeRollout,
  changeUpgradeJob,
  findDevice,
  findRollout,
  insertRollout,
  listRolloutDevices,
  type RolloutChange,
  type RolloutRow,
} from '@paikea/database'
import type { RolloutState } from '@paikea/domain'
import { requireRole, scopeOf } from '../caller.ts'
import { chooseGroup } from '../choose-group.ts'
import { operation, type Work } from '../operation.ts'
import { refuseConflict, refuseField, refuseUnknown } from '../refusal.ts'
import { findReady } from './start-upgrade.ts'

/** A roll-out as requested by a caller. */
export interface NewRollout {
  readonly groupId?: number | undefined
  readonly releaseId: number
  readonly label: string | null
  /** Names of devices, stage after stage. */
  readonly stages: readonly (readonly string[])[]
  readonly needsApproval: boolean
  /** Share of a stage's devices, 0 to 1. */
  readonly pauseAtShare: number
  readonly coolDownMinutes: number
  readonly allowDowngrade: boolean
}

const FAILED: ReadonlySet<string> = new Set(['failed', 'timed-out'])

/**
 * Starts a roll-out.
 *
 * @throws Refusal `forbidden`; `invalid` for an unknown release, group or device, or a device named twice;
 * `release-not-ready`
 */
export const createRollout = operation<NewRollout, RolloutRow>('firmware.rollout-started', async (work, input) => {
  const { db, caller, tx, now } = work
  const groupId = await chooseGroup(work, 'operator', input.groupId)
  const release = await findReady(work, input.releaseId)
  const seen = new Set<string>()
  const stages: number[][] = []
  for (const [index, names] of input.stages.entries()) {
    const ids: number[] = []
    for (const iam of names) {
      const field = `stages.${index}`
      if (seen.has(iam)) throw refuseField(field, 'named-twice', `${iam} is named twice`)
      seen.add(iam)
      const device = await findDevice(db, { scope: { groupIds: [groupId] }, iam }, tx)
      if (device === null) throw refuseField(field, 'unknown-device', `there is no device ${iam} in this group`)
      if (device.kind === 'rockstar') throw refuseField(field, 'no-updater', `${iam} has no updater`)
      ids.push(device.id)
    }
    stages.push(ids)
  }
  const { label, needsApproval, pauseAtShare, coolDownMinutes, allowDowngrade } = input
  const settings = { label, needsApproval, pauseAtShare, coolDownMinutes, allowDowngrade }
  const id = await insertRollout(
    db,
    { ...settings, groupId, releaseId: release.id, stages, requestedBy: caller.actor, now },
    tx,
  )
  const after = { releaseId: release.id, stages: input.stages.map(({ length }) => length), ...settings }
  return { result: await reload(work, id), subject: `rollout/${id}`, groupId, before: null, after }
})

/** Approves the next stage of a waiting roll-out. */
export const approveStage = rolloutChange('firmware.rollout-approved', ['waiting'], async ({ now }, rollout) => ({
  state: 'running',
  reason: null,
  stage: rollout.stage + 1,
  stageBeganAt: now,
  stageEndedAt: null,
}))

/** Pauses a roll-out: devices that have not begun are told that there is nothing to do. */
export const pauseRollout = rolloutChange('firmware.rollout-paused', ['running'], async () => ({
  state: 'paused',
  reason: { code: 'paused-by-hand', detail: 'Someone paused the roll-out.', whatToDo: 'Resume it, or cancel it.' },
}))

/** Resumes a roll-out; failures so far do not pause it again. */
export const resumeRollout = rolloutChange('firmware.rollout-resumed', ['paused'], async ({ db, tx }, rollout) => {
  const devices = await listRolloutDevices(db, { rolloutId: rollout.id }, tx)
  return {
    state: 'running',
    reason: null,
    forgiven: devices.filter(({ jobState }) => jobState !== null && FAILED.has(jobState)).length,
  }
})

/** Ends a roll-out. Devices that have not begun are not upgraded; running upgrades continue. */
export const cancelRollout = rolloutChange(
  'firmware.rollout-cancelled',
  ['running', 'waiting', 'paused'],
  async ({ db, tx, now }, rollout) => {
    for (const { jobId, jobState } of await listRolloutDevices(db, { rolloutId: rollout.id }, tx)) {
      if (jobId === null || jobState !== 'prepared') continue
      const change = { state: 'cancelled', reason: null, finishedAt: now } as const
      await changeUpgradeJob(db, { id: jobId, from: ['prepared'], change, now }, tx)
    }
    return { state: 'cancelled', reason: null, finishedAt: now }
  },
)

/**
 * Creates an operation on a roll-out in one of these states. It throws Refusal `not-found`, `forbidden`, `wrong-state`.
 */
function rolloutChange(
  action: string,
  from: readonly RolloutState[],
  decide: (work: Work, rollout: RolloutRow) => Promise<RolloutChange>,
) {
  return operation<{ readonly id: number }, RolloutRow>(action, async (work, { id }) => {
    const { db, caller, tx, now } = work
    const before = await findRollout(db, { scope: scopeOf(caller), id }, tx)
    if (before === null) throw refuseUnknown('roll-out')
    requireRole(caller, before.groupId, 'operator')
    if (!from.includes(before.state)) throw refuseConflict('wrong-state', `The roll-out is ${before.state}.`)
    const change = await decide(work, before)
    if (!(await changeRollout(db, { id, from, change, now }, tx))) {
      throw refuseConflict('wrong-state', 'The roll-out has continued meanwhile.')
    }
    const after = await reload(work, id)
    const facts = {
      before: { state: before.state, stage: before.stage },
      after: { state: after.state, stage: after.stage },
    }
    return { result: after, subject: `rollout/${id}`, groupId: before.groupId, ...facts }
  })
}

async function reload({ db, tx }: Work, id: number): Promise<RolloutRow> {
  const rollout = await findRollout(db, { scope: { all: true }, id }, tx)
  if (rollout === null) throw refuseUnknown('roll-out')
  return rollout
}
