import type { DeliveryCause } from '@paikea/database'

import type { InboundInput, OutboundInput } from '../contract/inputs.ts'
import { workflowTypes } from '../contract/names.ts'

/** A workflow as it is started: what it does, and how people find it in Temporal's UI. */
export interface WorkflowStart {
  readonly type: string
  readonly workflowId: string
  readonly input: unknown
  readonly summary: string
  readonly memo: Readonly<Record<string, unknown>>
  readonly search: SearchValues
  /** How long a worker that was killed holds up its workflow task. @default Temporal's 10 s */
  readonly taskTimeoutMs?: number
}

/** What a workflow is found by; what is unknown is left out. */
export interface SearchValues {
  readonly imei: string | null
  readonly device: string | null
  readonly sourceImei?: string | null
  readonly needsOperator?: boolean
}

/**
 * A worker that was killed holds up what it had in hand for so long, and with it the deliveries behind it. Shorter than
 * Temporal's 10 s for messages alone: acting on one a second time changes nothing. A delivery keeps the 10 s, since a
 * process that only stood still for that long, in the middle of a send, would find its own open attempt: unknown.
 */
const INBOUND_TASK_TIMEOUT_MS = 5_000

/** The workflow of a message in. */
export function inboundStart(input: InboundInput, workflowId: string): WorkflowStart {
  const imei = input.imei ?? null
  const iam = input.iam ?? null
  return {
    type: workflowTypes.inboundMessage,
    workflowId,
    input,
    summary: `Message from ${iam ?? imei ?? 'an unknown modem'}`,
    memo: { imei, device: iam, ...(input.kind === 'stored' ? { messageId: input.messageId } : {}) },
    search: { imei, device: iam },
    taskTimeoutMs: INBOUND_TASK_TIMEOUT_MS,
  }
}

/** The workflow of a delivery; its cause is for the reader of the UI only. */
export function outboundStart(
  input: OutboundInput,
  workflowId: string,
  cause: DeliveryCause & { readonly target: string },
): WorkflowStart {
  const { outboundId, imei, iam, text } = input
  const target = iam ?? imei ?? cause.target
  return {
    type: workflowTypes.outboundMessage,
    workflowId,
    input,
    summary: `${sourceOf(cause)} to ${target}${text === '' ? '' : `: ${text.slice(0, 100)}`}`,
    memo: {
      imei,
      device: iam,
      text: text.slice(0, 300),
      outboundId,
      causeKind: cause.kind,
      causeMessageId: cause.messageId,
      sourceImei: cause.imei,
      sourceDevice: cause.iam,
    },
    search: { imei, device: iam, sourceImei: cause.imei },
  }
}

function sourceOf(cause: DeliveryCause): string {
  return cause.kind === 'person' ? 'Operator' : (cause.iam ?? cause.imei ?? 'Unknown modem')
}

/** The workflow of an endpoint that is paused or has a backlog. */
export function endpointStart(
  endpoint: { readonly id: number; readonly kind: string; readonly label: string | null },
  workflowId: string,
): WorkflowStart {
  const { id: endpointId, kind, label } = endpoint
  return {
    type: workflowTypes.endpointProbe,
    workflowId,
    input: { endpointId },
    summary: `${label ?? `${kind} ${endpointId}`}: probe, then send waiting deliveries`,
    memo: { endpointId, kind, label },
    search: { imei: null, device: null },
  }
}

/** The workflow of an account that is parked or has a backlog. */
export function accountStart(
  account: { readonly kind: string; readonly reasonCode: string | null },
  workflowId: string,
): WorkflowStart {
  const { kind, reasonCode } = account
  return {
    type: workflowTypes.accountProbe,
    workflowId,
    input: { kind },
    summary: `Account for ${kind}: probe, then resume waiting deliveries`,
    memo: { kind, reason: reasonCode },
    search: { imei: null, device: null, needsOperator: reasonCode !== null },
  }
}

/** The workflow of a time at which a buoy reports often. */
export function recoveryStart(
  recovery: { readonly recoveryId: number; readonly iam: string },
  workflowId: string,
): WorkflowStart {
  const { recoveryId, iam } = recovery
  return {
    type: workflowTypes.recoveryMode,
    workflowId,
    input: { recoveryId, iam },
    summary: `${iam} reports often, then returns to its interval`,
    memo: { recoveryId, device: iam },
    search: { imei: null, device: iam },
  }
}
