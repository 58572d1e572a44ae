import { messageSubject, type TraceSubject } from '@paikea/domain'

import { inboundWorkflowId } from '../contract/ids.ts'

const OF_MESSAGES = inboundWorkflowId('')

/** What the trace of a message's workflow is about; `null` for other workflows, whose ids do not tell. */
export function subjectOfWorkflow(workflowId: string): TraceSubject | null {
  return workflowId.startsWith(OF_MESSAGES) ? messageSubject(workflowId.slice(OF_MESSAGES.length)) : null
}
