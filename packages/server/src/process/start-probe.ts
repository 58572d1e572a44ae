import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'

/** A separate queue, so that no worker ever picks one up. */
const TASK_QUEUE = 'paikea-readiness'
const DEADLINE_MS = 2_000

/**
 * Probes whether a workflow could be started now, by starting one and deleting it at once. A server on a full disk
 * answers every query and starts nothing. This process has at most one at a time, and leaves nothing behind; if
 * deleting is not allowed, it times out.
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
      // It started, which was the question.
      .catch(() => undefined)
  }
}
