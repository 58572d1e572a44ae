import { condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow'

import type { AccountInput, AccountResult } from '../contract/inputs.ts'
import { notifyOperator, releaseOperator } from './operator-notes.ts'
import { patientDatabase } from './proxies.ts'
import { resumeSignal, yourTurnSignal } from './signals.ts'

/**
 * Looks after an account that its service refuses: shows that an operator is needed and what to do, probes periodically
 * whether the cause is fixed, then gives the waiting deliveries their workflows back. The signal `resume` does that at
 * once.
 */
export async function accountProbe({ kind }: AccountInput): Promise<AccountResult> {
  let isAsked = false
  let isResumed = false
  setHandler(yourTurnSignal, () => void (isAsked = true))
  setHandler(resumeSignal, () => void (isResumed = true))
  let released = 0
  let noted: string | null = null
  for (;;) {
    isAsked = false
    const wish = isResumed
    isResumed = false
    const step = await patientDatabase.probeAccount({ kind, isResumed: wish })
    if (step.step === 'wait' && step.reason !== noted) {
      notifyOperator({ reason: step.reason, ...(step.park ?? { what: '', whatToDo: '' }) })
      noted = step.reason
    }
    if (step.step !== 'wait' && noted !== null) {
      releaseOperator()
      noted = null
    }
    if (step.step === 'done') return { kind, why: step.why, released }
    if (step.step === 'more') released += step.sent
    else await condition(() => isAsked || isResumed, step.waitMs)
    if (workflowInfo().continueAsNewSuggested && !isResumed) await continueAsNew<typeof accountProbe>({ kind })
  }
}
