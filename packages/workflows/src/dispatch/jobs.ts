import type { UndispatchedInbound, UndispatchedOutbound } from '@paikea/database'

import { inboundWorkflowId, outboundWorkflowId } from '../contract/ids.ts'
import type { Job } from './backlog.ts'
import type { WorkflowStarter } from './starter.ts'

/** A workflow to start, with the row it is for. */
export type DispatchJob = Job &
  (
    | { readonly kind: 'inbound'; readonly row: UndispatchedInbound }
    | { readonly kind: 'outbound'; readonly row: UndispatchedOutbound }
  )

/** A message of a device keeps its place among that device's messages. */
export function inboundJob(row: UndispatchedInbound): DispatchJob {
  return { kind: 'inbound', key: `in/${row.messageId}`, chain: row.imei ?? row.key, order: row.messageId, row }
}

/** A delivery keeps its place in its target's queue. */
export function outboundJob(row: UndispatchedOutbound): DispatchJob {
  return { kind: 'outbound', key: `out/${row.outboundId}`, chain: row.targetKey, order: row.orderKey, row }
}

/** Starts the workflow of a job; one that runs already is a success. */
export async function startJob(starter: WorkflowStarter, job: DispatchJob): Promise<'started' | 'already'> {
  if (job.kind === 'inbound') {
    const { messageId, imei, iam, key } = job.row
    return starter.startInbound({ kind: 'stored', messageId, imei, iam }, inboundWorkflowId(key))
  }
  const { outboundId, imei, iam, text, cause } = job.row
  const workflowId = outboundWorkflowId(outboundId)
  const outcome = await starter.startOutbound({ outboundId, imei, iam, text }, workflowId, cause)
  // Announced although its workflow runs: the row was changed (resumed, cancelled), so the workflow should look again.
  if (outcome === 'already') await starter.wakeOutbound(workflowId)
  return outcome
}
