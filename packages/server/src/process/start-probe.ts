import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'

/** Its own, so that no worker ever sees one. */
const TASK_QUEUE = 'paikea-readiness'
const DEADLINE_MS = 2_000

/**
 * Finds out whether a workflow could be started now: one is, and deleted at once. A server on a full disk answers every question
 * and starts nothing. Of this process there is one at a time, and nothing is left of it; where deleting is not allowed, it times out.
 *
 * @throws the gRPC error
 */
export function createStartProbe(options: {
  readonly client: Client
  readonly namespace: string
}): () => Promise<void> {
  const { client, namespace } = options
  const workflowId = `readiness/${randomUUID()}`
  return async () => {
    const started = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.workflow.start('readinessProbe', {
        taskQueue: TASK_QUEUE,
        workflowId,
        args: [],
        workflowIdConflictPolicy: 'TERMINATE_EXISTING',
        workflowExecutionTimeout: '30 s',
      }),
    )
    const workflowExecution = { workflowId, runId: started.firstExecutionRunId }
    await client
      .withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution }),
      )
      // It was started, and that was the question.
      .catch(() => undefined)
  }
}
