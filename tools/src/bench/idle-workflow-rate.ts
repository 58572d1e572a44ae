import { createStarter, createWorker, inboundStart, inboundWorkflowId } from '@paikea/workflows'
import { Client } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { runsPerSecond } from './runs-per-second.ts'

/**
 * How many of our own message workflows per second complete when started and run as in production (attributes, memo,
 * summary, one local activity), but with an activity that does nothing: Temporal's own cost, and so the upper bound for
 * processing messages. The search attributes must be registered.
 */
export async function idleWorkflowRate(options: {
  readonly address: string
  readonly count: number
  readonly atATime: number
}): Promise<number> {
  const connection = await NativeConnection.connect({ address: options.address })
  const taskQueue = `idle-${Date.now()}`
  const unused = () => Promise.reject(new Error('this workflow has nothing to do'))
  const worker = await createWorker({
    connection,
    taskQueue,
    log: { info() {}, warn: console.warn, error: console.error },
    activities: {
      actOnMessage: async (messageId) => ({ messageId, state: 'processed', deliveries: [], skipped: [] }),
      putThroughIntake: unused,
      tryPrograms: unused,
      probeEndpoint: unused,
      probeAccount: unused,
      lookAtRecovery: unused,
      tryDeliver: unused,
      deliver: unused,
      recordOutcome: unused,
      fetchRelease: unused,
      lookAtUpgrade: unused,
      sendIntoUpdater: unused,
      advanceRollout: unused,
    },
  })
  const client = new Client({ connection })
  const starter = createStarter({ client, taskQueue, isEager: true })
  try {
    return await runsPerSecond(options, async (index) => {
      const id = inboundWorkflowId(`${taskQueue}-${index}`)
      await starter.start(inboundStart({ kind: 'stored', messageId: index, imei: '300999000000000', iam: 'B001' }, id))
      await client.workflow.getHandle(id).result()
    })
  } finally {
    await worker.shutdown()
    await connection.close()
  }
}
