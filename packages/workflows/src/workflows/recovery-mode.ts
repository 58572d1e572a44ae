import { condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow'

import type { RecoveryInput, RecoveryResult } from '../contract/inputs.ts'
import { patientDatabase } from './proxies.ts'
import { yourTurnSignal } from './signals.ts'

/** Lets a buoy report often until the time is up or its battery is low, then sends it back to its interval. */
export async function recoveryMode({ recoveryId, iam }: RecoveryInput): Promise<RecoveryResult> {
  let isAsked = false
  setHandler(yourTurnSignal, () => void (isAsked = true))
  for (;;) {
    isAsked = false
    const step = await patientDatabase.lookAtRecovery(recoveryId)
    if (step.step === 'done') return { recoveryId, reason: step.reason, outboundId: step.outboundId }
    await condition(() => isAsked, step.waitMs)
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof recoveryMode>({ recoveryId, iam })
  }
}
