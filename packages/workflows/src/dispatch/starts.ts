import type { DeliveryCause } from '@paikea/database'
import type { TraceSubject } from '@paikea/domain'

import type { InboundInput, OutboundInput } from '../contract/inputs.ts'
import { workflowTypes } from '../contract/names.ts'
import { subjectOfWorkflow } from './subject-of-workflow.ts'

/** A workflow to start, with the attributes by which it is found in Temporal's UI. */
export interface WorkflowStart {
  readonly type: string
  readonly workflowId: string
  readonly input: unknown
  readonly summary: string
  readonly memo: Readonly<Record<string, unknown>>
  readonly search: SearchValues
  /** What its trace is about. @default its start is in no trace */
  readonly subject?: TraceSubject
  /** How long a killed worker holds up its workflow task. @default Temporal's 10 s */
  readonly taskTimeoutMs?: number
}

/** Search attributes; unknown ones are omitted. */
export interface SearchValues {
  readonly imei: string | null
  readonly device: string | null
  readonly sourceImei?: string | null
  readonly needsOperator?: boolean
}

/**
 * How long a killed worker holds up its tasks, and the deliveries behind them. Shorter than Temporal's 10 s for
 * messages only: processing one twice is idempotent. Deliveries keep the 10 s: a process that merely stalled that long
 * in the middle of a send would find its own open attempt and have to call it unknown.
 */
const INBOUND_TASK_TIMEOUT_MS = 5_000

/** The workflow start of an inbound message. */
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
    ...subjectOf(workflowId),
    taskTimeoutMs: INBOUND_TASK_TIMEOUT_MS,
  }
}

/** The workflow start of a delivery; its cause is only for readers of the UI. */
export function outboundStart(
  input: OutboundInput,
  workflowId: string,
  cause: DeliveryCause & { readonly target: string; readonly subject?: TraceSubject },
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
    ...(cause.subject === undefined ? {} : { subject: cause.subject }),
  }
}

function subjectOf(workflowId: string): Pick<WorkflowStart, 'subject'> {
  const subject = subjectOfWorkflow(workflowId)
  return subject === null ? {} : { subject }
}

function sourceOf(cause: DeliveryCause): string {
  return cause.kind === 'person' ? 'Operator' : (cause.iam ?? cause.imei ?? 'Unknown modem')
}

/** The workflow start of an endpoint that is paused or has a backlog. */
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

/** The workflow start of an account that is parked or has a backlog. */
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

/** The workflow start of a recovery. */
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
