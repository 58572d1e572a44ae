import type { Log } from '@paikea/domain'
import type { Client } from '@temporalio/client'
import type { FoundTemporal } from './temporal-identity.ts'

const DEADLINE_MS = 2_000

/**
 * Sets how long a development server keeps completed workflows, even if its file was created with another setting:
 * retention determines how large the file grows. A cluster's retention is its operator's decision. Best effort:
 * otherwise it stays unchanged.
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
        // The type allows only objects for 64-bit integers; the encoder accepts a number too.
        config: { workflowExecutionRetentionTtl: { seconds: seconds as never } },
      }),
    )
    log.info('temporal.retention', { hours, before: retentionSeconds / 3600 })
  } catch (error) {
    log.warn('temporal.retention-not-set', { hours, error: String(error) })
  }
}
