import {
  ApplicationFailure,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow'
import type { UpgradeState } from '@paikea/domain'

import type { UpgradeStep } from '../activities/firmware/firmware-deps.ts'
import type { DeviceUpgradeInput, DeviceUpgradeResult } from '../contract/inputs.ts'
import { deviceTalk, patientLook, quickLook } from './firmware-proxies.ts'
import { notifyOperator, releaseOperator } from './operator-notes.ts'
import { cancelSignal, lookSignal, resumeSignal } from './signals.ts'

/** When to ask again for a device's controls. */
const ASK_AGAIN_MS = 15_000

/** Runs one device's upgrade. All decisions are in the database; signals and timers only say when to look again. */
export async function deviceUpgrade(input: DeviceUpgradeInput): Promise<DeviceUpgradeResult> {
  let wantsLook = false
  const look = (): void => void (wantsLook = true)
  setHandler(lookSignal, look)
  setHandler(resumeSignal, look)
  setHandler(cancelSignal, look)
  let noted: string | null = null
  for (;;) {
    if (workflowInfo().continueAsNewSuggested && !wantsLook) await continueAsNew<typeof deviceUpgrade>(input)
    wantsLook = false
    const step = await lookOnce(input.jobId)
    if (step.step === 'over') return resultOf(input.jobId, step.state)
    const reason = step.needs?.reason ?? null
    if (reason !== noted) {
      if (step.needs === null) releaseOperator()
      else notifyOperator(step.needs)
      noted = reason
    }
    const outcome = step.restart ? await deviceTalk.sendIntoUpdater(input.jobId) : null
    const isRefused = outcome === 'controls-held' || outcome === 'too-young'
    await condition(() => wantsLook, isRefused ? ASK_AGAIN_MS : step.forMs)
  }
}

/** Looks at once; if the database is unavailable, retries patiently. */
async function lookOnce(jobId: number): Promise<UpgradeStep> {
  try {
    return await quickLook.lookAtUpgrade(jobId)
  } catch (error) {
    if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error
    return await patientLook.lookAtUpgrade(jobId)
  }
}

function resultOf(jobId: number, state: string): DeviceUpgradeResult {
  if (state === 'failed')
    throw ApplicationFailure.nonRetryable('Every run of the device was interrupted.', 'upgrade-failed')
  // The states come from the row.
  return { jobId, state: state as UpgradeState | 'missing' }
}
