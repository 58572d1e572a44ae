import { asyncLocalStorage } from '@temporalio/activity'
import type { Log } from '@paikea/domain'

/** A log whose lines name the workflow of the activity that writes them. */
export function logOfActivities(log: Log): Log {
  const naming =
    (write: Log['info']): Log['info'] =>
    (event, fields) => {
      const workflowId = asyncLocalStorage.getStore()?.info.workflowExecution?.workflowId
      write(event, workflowId === undefined ? fields : { workflowId, ...fields })
    }
  return {
    info: naming((event, fields) => log.info(event, fields)),
    warn: naming((event, fields) => log.warn(event, fields)),
    error: naming((event, fields) => log.error(event, fields)),
  }
}
