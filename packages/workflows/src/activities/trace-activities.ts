import { asyncLocalStorage } from '@temporalio/activity'
import { type SpanAttributes, timeSpan, type Traces } from '@paikea/domain'

import { subjectOfWorkflow } from '../dispatch/subject-of-workflow.ts'
import type { Activities } from './create-activities.ts'

/**
 * Activities of a message's workflow that are in its trace. Those of a delivery are told of by `delivery`, which knows
 * what it found; many deliveries have no workflow at all.
 */
export function traceActivities(activities: Activities, traces: Traces): Activities {
  async function traced<Result>(
    name: string,
    work: () => Promise<Result>,
    describe: (result: Result) => SpanAttributes,
  ): Promise<Result> {
    const info = asyncLocalStorage.getStore()?.info
    const subject = subjectOfWorkflow(info?.workflowExecution?.workflowId ?? '')
    if (info === undefined || subject === null) return work()
    const time = timeSpan()
    const tell = (isError: boolean, attributes: SpanAttributes): void =>
      traces.span({
        name,
        subject,
        ...time(),
        isError,
        attributes: {
          'temporal.activity.type': info.activityType,
          'temporal.activity.attempt': info.attempt,
          'temporal.activity.local': info.isLocal,
          ...attributes,
        },
      })
    try {
      const result = await work()
      tell(false, describe(result))
      return result
    } catch (error) {
      tell(true, {})
      throw error
    }
  }

  return {
    ...activities,
    actOnMessage: (messageId) =>
      traced(
        'route message',
        () => activities.actOnMessage(messageId),
        ({ state, deliveries, skipped }) => ({
          'paikea.message.id': messageId,
          'paikea.state': state,
          'paikea.deliveries': deliveries.length,
          'paikea.skipped': skipped.length,
        }),
      ),
    putThroughIntake: (envelope) =>
      traced(
        'take in message',
        () => activities.putThroughIntake(envelope),
        ({ status }) => ({ 'paikea.status': status }),
      ),
    tryPrograms: (outboundIds) =>
      traced(
        'deliver to programs',
        () => activities.tryPrograms(outboundIds),
        ({ done, left }) => ({ 'paikea.done': done, 'paikea.left': left }),
      ),
  }
}
