import { isCancellation, TemporalFailure } from '@temporalio/workflow'

import type { InboundInput, InboundResult } from '../contract/inputs.ts'
import { patientDatabase, quickDatabase, quickPrograms } from './proxies.ts'

/**
 * Processes one inbound message: one workflow task with one local activity, plus another activity if it goes to
 * programs. A message that could not be stored on arrival (the database was unavailable) is passed in whole and goes
 * through the intake first.
 */
export async function inboundMessage(input: InboundInput): Promise<InboundResult> {
  const messageId = input.kind === 'stored' ? input.messageId : await takeIn(input)
  if (messageId === null) return { messageId: null, state: 'refused', deliveries: [], skipped: [] }
  const acted = await patiently(
    () => quickDatabase.actOnMessage(messageId),
    () => patientDatabase.actOnMessage(messageId),
  )
  // Old histories have no such field: there, all deliveries have their own workflows.
  const direct = acted.direct ?? []
  if (direct.length > 0) {
    await patiently(
      () => quickPrograms.tryPrograms(direct),
      () => patientDatabase.tryPrograms(direct),
    )
  }
  return acted
}

/** Tries at once; if the database is unavailable, retries patiently. */
async function patiently<Result>(quick: () => Promise<Result>, patient: () => Promise<Result>): Promise<Result> {
  try {
    return await quick()
  } catch (error) {
    // A local activity's failure arrives bare, a normal one's wrapped. Anything else is a bug here and blocks the task.
    if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error
    return await patient()
  }
}

async function takeIn(input: Extract<InboundInput, { kind: 'envelope' }>): Promise<number | null> {
  const answer = await patientDatabase.putThroughIntake(input.envelope)
  return answer.status === 'held' ? answer.messageId : null
}
