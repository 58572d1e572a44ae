import type { TemporalIdentity } from '@paikea/database'
import type { Client } from '@temporalio/client'

const DEADLINE_MS = 2_000
/** The development server stores everything in SQLite, which no cluster does. */
const DEVELOPMENT_STORE = 'sqlite'

/** The Temporal that responds at the address. */
export interface FoundTemporal extends TemporalIdentity {
  readonly isDevelopmentServer: boolean
  /** How long it keeps completed workflows. */
  readonly retentionSeconds: number
}

/** Asks a Temporal for its identity. @throws the gRPC error */
export async function readIdentity(client: Client, namespace: string): Promise<FoundTemporal> {
  const [cluster, found] = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    Promise.all([client.workflowService.getClusterInfo({}), client.workflowService.describeNamespace({ namespace })]),
  )
  const clusterId = cluster.clusterId ?? ''
  const namespaceId = found.namespaceInfo?.id ?? ''
  const retentionSeconds = Number(found.config?.workflowExecutionRetentionTtl?.seconds ?? 0)
  const isDevelopmentServer = cluster.persistenceStore === DEVELOPMENT_STORE
  return { clusterId, namespaceId, namespace, isDevelopmentServer, retentionSeconds }
}

/**
 * Whether none of our workflows ever ran there; readiness probes leave something for a moment. @throws the gRPC error
 */
export async function isEmpty(client: Client): Promise<boolean> {
  const { count } = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    client.workflow.count(`WorkflowType != 'readinessProbe'`),
  )
  return count === 0
}

/** Whether both are the same namespace of the same cluster. */
export function isSame(one: TemporalIdentity, other: TemporalIdentity): boolean {
  return one.clusterId === other.clusterId && one.namespaceId === other.namespaceId
}
