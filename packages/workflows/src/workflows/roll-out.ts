import {
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow'
import type { RolloutState } from '@paikea/domain'

import type { RolloutLook } from '../activities/firmware/firmware-deps.ts'
import type { RollOutInput, RollOutResult } from '../contract/inputs.ts'
import { patientLook, quickLook } from './firmware-proxies.ts'
import { notifyOperator, releaseOperator } from './operator-notes.ts'
import { cancelSignal, lookSignal, resumeSignal } from './signals.ts'

/** Takes a roll-out through its stages. The rows decide; signals and timers only say when to look again. */
export async function rollOut(input: RollOutInput): Promise<RollOutResult> {
  let wantsLook = false
  const look = (): void => void (wantsLook = true)
  setHandler(lookSignal, look)
  setHandler(resumeSignal, look)
  setHandler(cancelSignal, look)
  let noted: string | null = null
  for (;;) {
    if (workflowInfo().continueAsNewSuggested && !wantsLook) await continueAsNew<typeof rollOut>(input)
    wantsLook = false
    const step = await advance(input.rolloutId)
    // The states come from the row.
    if (step.step === 'over') return { rolloutId: input.rolloutId, state: step.state as RolloutState | 'missing' }
    const reason = step.needs?.reason ?? null
    if (reason !== noted) {
      if (step.needs === null) releaseOperator()
      else notifyOperator(step.needs)
      noted = reason
    }
    await condition(() => wantsLook, step.forMs)
  }
}

async function advance(rolloutId: number): Promise<RolloutLook> {
  try {
    return await quickLook.advanceRollout(rolloutId)
  } catch (error) {
    if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error
    return await patientLook.advanceRollout(rolloutId)
  }
}
