import { asyncLocalStorage } from '@temporalio/activity'
import { type Log, NO_TRACES, type Traces } from '@paikea/domain'

import { subjectOfWorkflow } from '../dispatch/subject-of-workflow.ts'

/** A log whose lines name the workflow of the activity that writes them, and a message's trace. */
export function logOfActivities(log: Log, traces: Traces = NO_TRACES): Log {
  const naming =
    (write: Log['info']): Log['info'] =>
    (event, fields) => {
      const workflowId = asyncLocalStorage.getStore()?.info.workflowExecution?.workflowId
      if (workflowId === undefined) {
        write(event, fields)
        return
      }
      const subject = subjectOfWorkflow(workflowId)
      write(event, { workflowId, ...(subject === null ? {} : traces.fields(subject)), ...fields })
    }
  return {
    info: naming((event, fields) => log.info(event, fields)),
    warn: naming((event, fields) => log.warn(event, fields)),
    error: naming((event, fields) => log.error(event, fields)),
  }
}
