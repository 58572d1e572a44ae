import {
  GONE,
  type ReleaseRefRow,
  type ReleaseRow,
  type RolloutDeviceRow,
  type RolloutRow,
  type UpgradeJobRow,
} from '@paikea/database'
import { describeWait, reasonFor, type RolloutDevice, type RolloutFacts } from '@paikea/firmware'
import { z } from 'zod'
import { presentTime } from '../../http/fields.ts'
import type { ReleaseView, RolloutView, UpgradeView } from './schema.ts'

const ProblemsSchema = z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).catch([])
const ProgressSchema = z.record(z.string(), z.unknown()).nullable().catch(null)

/** A release as the API returns it. */
export function presentRelease(row: ReleaseRow, refs: readonly ReleaseRefRow[]): ReleaseView {
  const { signature, signer } = row
  return {
    id: row.id,
    ref: row.ref,
    state: row.state,
    reason: row.reason,
    problems: ProblemsSchema.parse(row.problems ?? []),
    progress: ProgressSchema.parse(row.progress),
    tries: row.tries,
    nextTryAt: presentTime(row.nextTryAt),
    commit: row.commit,
    tagObject: row.tagObject,
    refs: refs.filter(({ releaseId }) => releaseId === row.id).map(presentRef),
    signature: signature === null ? null : { state: signature, signer },
    subject: row.subject,
    committedAt: presentTime(row.committedAt),
    sameAs: row.sameAsId,
    fileCount: row.fileCount,
    totalBytes: row.totalBytes,
    flashBytes: row.flashBytes,
    requestedBy: row.requestedBy,
    workflowId: row.workflowId,
    createdAt: presentTime(row.createdAt),
    readyAt: presentTime(row.readyAt),
  }
}

function presentRef({ name, seenAt, movedTo }: ReleaseRefRow): ReleaseView['refs'][number] {
  const gone = movedTo === GONE
  return { name, seenAt: presentTime(seenAt), moved: movedTo !== null, nowAt: gone ? null : movedTo, gone }
}

/** An upgrade as the API returns it. */
export function presentUpgrade(row: UpgradeJobRow): UpgradeView {
  return {
    id: row.id,
    iam: row.iam,
    releaseId: row.releaseId,
    ref: row.releaseRef,
    commit: row.releaseCommit,
    rolloutId: row.rolloutId,
    state: row.state,
    reason: reasonNow(row),
    isDowngrade: row.isDowngrade,
    progress: { filesDone: row.filesDone, filesTotal: row.filesTotal },
    freeBytes: row.freeBytes,
    runs: row.runs,
    restarts: row.restarts,
    offeredAt: presentTime(row.offeredAt),
    heardAt: presentTime(row.heardAt),
    installedAt: presentTime(row.installedAt),
    finishedAt: presentTime(row.finishedAt),
    expiresAt: presentTime(row.expiresAt),
    requestedBy: row.requestedBy,
    workflowId: row.workflowId,
    createdAt: presentTime(row.createdAt),
  }
}

/**
 * The seconds during which the power must stay on may pass before the workflow looks again; callers must see that now.
 */
function reasonNow({ state, reason, filesDone, filesTotal }: UpgradeJobRow): UpgradeView['reason'] {
  const hasAll = state === 'downloading' && filesTotal > 0 && filesDone >= filesTotal
  return reason === null && hasAll ? reasonFor('keep-power-on') : reason
}

/** A roll-out as the API returns it. */
export function presentRollout(row: RolloutRow): RolloutView {
  return {
    id: row.id,
    groupId: row.groupId,
    releaseId: row.releaseId,
    ref: row.releaseRef,
    label: row.label,
    state: row.state,
    reason: row.reason,
    stage: row.stage,
    stages: row.stages,
    needsApproval: row.needsApproval,
    pauseAtShare: row.pauseAtShare,
    coolDownMinutes: row.coolDownMinutes,
    allowDowngrade: row.allowDowngrade,
    requestedBy: row.requestedBy,
    workflowId: row.workflowId,
    createdAt: presentTime(row.createdAt),
    finishedAt: presentTime(row.finishedAt),
  }
}

/** The devices of a roll-out, each with what it waits for. */
export function presentRolloutDevices(rollout: RolloutRow, devices: readonly RolloutDeviceRow[]) {
  const states = devices.map(({ stage, skipped, jobState }): RolloutDevice => ({
    stage,
    state: skipped === null ? (jobState ?? 'none') : 'skipped',
  }))
  const facts: RolloutFacts = { ...rollout, devices: states }
  return devices.map((device) => {
    const state: RolloutDevice['state'] = device.skipped === null ? (device.jobState ?? 'none') : 'skipped'
    const wait = describeWait(facts, { stage: device.stage, state })
    return {
      iam: device.iam,
      stage: device.stage,
      upgradeId: device.jobId,
      state,
      skipped: device.skipped,
      waitsFor: {
        for: wait.for,
        stage: 'stage' in wait ? wait.stage : null,
        until: 'until' in wait ? presentTime(wait.until) : null,
      },
    }
  })
}
