/** Workflow id of an inbound message, from its duplicate key: the same webhook can never start a second workflow. */
export function inboundWorkflowId(duplicateKey: string): string {
  return `inbound/${duplicateKey}`
}

/** Workflow id of an outbound message, from its row. */
export function outboundWorkflowId(outboundId: number): string {
  return `outbound/${outboundId}`
}

/** Workflow id of a firmware row's work. */
export function firmwareWorkflowId(work: 'release' | 'upgrade' | 'rollout', id: number): string {
  return `${work}/${id}`
}

/** Workflow id of a recovery. */
export function recoveryWorkflowId(id: number): string {
  return `recovery/${id}`
}

/** Workflow id of an account that is parked or has a backlog. */
export function accountWorkflowId(kind: string): string {
  return `account/${kind}`
}

/** Workflow id of an endpoint that is paused or has a backlog. */
export function endpointWorkflowId(endpointId: number): string {
  return `endpoint/${endpointId}`
}
