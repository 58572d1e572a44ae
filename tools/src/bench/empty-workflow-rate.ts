import { fileURLToPath } from 'node:url'
import { Client } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { runsPerSecond } from './runs-per-second.ts'

let isQuiet = false

/**
 * How many empty workflows per second this Temporal server and one worker with two threads complete, at a given
 * concurrency, started eagerly on the worker's own connection as the program does.
 */
export async function emptyWorkflowRate(options: {
  readonly address: string
  readonly count: number
  readonly atATime: number
}): Promise<number> {
  // Once per process, before its first connection: the SDK's log lines would mix with the results.
  if (!isQuiet) Runtime.install({ logger: new DefaultLogger('ERROR') })
  isQuiet = true
  const connection = await NativeConnection.connect({ address: options.address })
  const taskQueue = `empty-${Date.now()}`
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('./empty-workflow.js', import.meta.url)),
    workflowThreadPoolSize: 2,
  })
  const client = new Client({ connection })
  try {
    return await worker.runUntil(() =>
      runsPerSecond(options, async (index) => {
        await client.workflow.execute('emptyWorkflow', {
          taskQueue,
          workflowId: `${taskQueue}-${index}`,
          requestEagerStart: true,
        })
      }),
    )
  } finally {
    await connection.close()
  }
}
