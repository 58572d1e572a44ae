import type { TemporalIdentity } from '@paikea/database'
import type { Client } from '@temporalio/client'

const DEADLINE_MS = 2_000
/** Its development server keeps everything in SQLite, which no cluster does. */
const DEVELOPMENT_STORE = 'sqlite'

/** Who answers at Temporal's address. */
export interface FoundTemporal extends TemporalIdentity {
  readonly isDevelopmentServer: boolean
  /** How long it keeps workflows that have ended. */
  readonly retentionSeconds: number
}

/** Asks a Temporal who it is. @throws the gRPC error */
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

/** Whether nothing of ours ever ran there; looks at readiness leave something for a moment. @throws the gRPC error */
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
