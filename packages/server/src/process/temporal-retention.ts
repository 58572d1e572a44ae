import type { Log } from '@paikea/domain'
import type { Client } from '@temporalio/client'
import type { FoundTemporal } from './temporal-identity.ts'

const DEADLINE_MS = 2_000

/**
 * Has a development server keep workflows that have ended for so long, also where its file was made with another time: what
 * it keeps is what its file grows to. A cluster's time is its operator's. Best effort: it keeps them for as long as before.
 */
export async function keepRetention(
  found: Pick<FoundTemporal, 'namespace' | 'isDevelopmentServer' | 'retentionSeconds'>,
  { client, hours, log }: { readonly client: Client; readonly hours: number; readonly log: Log },
): Promise<void> {
  const { namespace, isDevelopmentServer, retentionSeconds } = found
  const seconds = hours * 3600
  if (!isDevelopmentServer || retentionSeconds === seconds) return
  try {
    await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.workflowService.updateNamespace({
        namespace,
        // Its type knows 64-bit integers as objects alone; what writes them takes a number as well.
        config: { workflowExecutionRetentionTtl: { seconds: seconds as never } },
      }),
    )
    log.info('temporal.retention', { hours, before: retentionSeconds / 3600 })
  } catch (error) {
    log.warn('temporal.retention-not-set', { hours, error: String(error) })
  }
}
