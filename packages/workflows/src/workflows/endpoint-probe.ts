import { condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow'

import type { EndpointInput, EndpointResult } from '../contract/inputs.ts'
import { patientProbe } from './proxies.ts'
import { resumeSignal, yourTurnSignal } from './signals.ts'

/** Pause if nothing was sent although the endpoint is active: by then its deliveries have their own workflows. */
const AFTER_NOTHING_MS = 5_000

/**
 * Looks after an endpoint that is paused or has a backlog: probes it periodically, then sees its backlog drained. The
 * state is read from the database each time.
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
