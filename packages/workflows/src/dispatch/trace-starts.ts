import { timeSpan, type Traces } from '@paikea/domain'

import { StartError } from './start-error.ts'
import type { WorkflowStarter } from './starter.ts'

/** A starter whose starts are in the traces of what they are about. */
export function traceStarts(starter: WorkflowStarter, traces: Traces): WorkflowStarter {
  return {
    async start(workflow) {
      const { subject, type } = workflow
      if (subject === undefined) return starter.start(workflow)
      const time = timeSpan()
      const tell = (outcome: string, isError: boolean): void =>
        traces.span({
          name: 'start workflow',
          subject,
          kind: 'client',
          ...time(),
          isError,
          attributes: { 'paikea.workflow.type': type, 'paikea.outcome': outcome },
        })
      try {
        const outcome = await starter.start(workflow)
        tell(outcome, false)
        return outcome
      } catch (error) {
        tell(error instanceof StartError ? error.kind : 'error', true)
        throw error
      }
    },
    signal: (...call) => starter.signal(...call),
  }
}
