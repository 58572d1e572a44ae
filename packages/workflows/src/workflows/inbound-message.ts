import { isCancellation, TemporalFailure } from '@temporalio/workflow'

import type { InboundInput, InboundResult } from '../contract/inputs.ts'
import { patientDatabase, quickDatabase } from './proxies.ts'

/**
 * Acts on one message in: one workflow task with one local activity. A message that could not be stored when it came
 * (the database was away) comes as a whole and goes through the intake first.
 */
export async function inboundMessage(input: InboundInput): Promise<InboundResult> {
  const messageId = input.kind === 'stored' ? input.messageId : await takeIn(input)
  if (messageId === null) return { messageId: null, state: 'refused', deliveries: [], skipped: [] }
  try {
    return await quickDatabase.actOnMessage(messageId)
  } catch (error) {
    // A local activity's failure comes bare, a normal one's wrapped. Anything else is a bug here and blocks the task.
    if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error
    return await patientDatabase.actOnMessage(messageId)
  }
}

async function takeIn(input: Extract<InboundInput, { kind: 'envelope' }>): Promise<number | null> {
  const answer = await patientDatabase.putThroughIntake(input.envelope)
  return answer.status === 'held' ? answer.messageId : null
}
