import { condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow'

import type { EndpointInput, EndpointResult } from '../contract/inputs.ts'
import { patientProbe } from './proxies.ts'
import { resumeSignal, yourTurnSignal } from './signals.ts'

/** Nothing went through although the endpoint is said to be well: its deliveries have workflows of their own by now. */
const AFTER_NOTHING_MS = 5_000

/**
 * Looks after one endpoint that is paused or has a backlog: tries from time to time whether it is back, then sees to it that
 * what waits behind it is sent. What is true is in the database each time.
 */
export async function endpointProbe({ endpointId }: EndpointInput): Promise<EndpointResult> {
  let isAsked = false
  setHandler(yourTurnSignal, () => void (isAsked = true))
  setHandler(resumeSignal, () => void (isAsked = true))
  let sent = 0
  for (;;) {
    isAsked = false
    const step = await patientProbe().probeEndpoint(endpointId)
    if (step.step === 'done') return { endpointId, why: step.why, sent }
    if (step.step === 'more') sent += step.sent
    const pauseMs = step.step === 'wait' ? step.waitMs : step.sent === 0 ? AFTER_NOTHING_MS : 0
    if (pauseMs > 0) await condition(() => isAsked, pauseMs)
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof endpointProbe>({ endpointId })
  }
}
