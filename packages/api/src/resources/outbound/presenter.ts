import type { AttemptRow, DeliveryRow, Hold } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import type { OutboundDetailView, OutboundView } from './schema.ts'

/** Context shown with an outbound message. */
export interface OutboundContext {
  /** The device whose message caused it. */
  readonly iam: string | null
  /** What blocks it from outside. */
  readonly hold: Hold | null
}

/** An outbound message as a list shows it. */
export function presentOutbound(row: DeliveryRow, { iam, hold }: OutboundContext): OutboundView {
  return {
    id: row.id,
    target: row.targetKind,
    endpointId: row.endpointId,
    generation: row.generation,
    imei: row.imei,
    serial: row.serial,
    state: row.state,
    reason: presentReason(row),
    ...presentStateReason(row, hold),
    resendOf: row.resendOf,
    resentAs: row.resentAs,
    text: row.text,
    hex: row.payload.toString('hex'),
    credits: row.credits,
    depth: row.depth,
    createdAt: presentTime(row.createdAt),
    sentAt: presentTime(row.sentAt),
    finishedAt: presentTime(row.finishedAt),
    expiresAt: presentTime(row.expiresAt),
    vendorId: row.vendorId,
    cause: { kind: row.causeKind, messageId: row.causeMessageId, routeId: row.routeId, iam },
  }
}

/** An outbound message with all its attempts. */
export function presentOutboundDetail(
  row: DeliveryRow & { readonly attempts: readonly AttemptRow[] },
  context: OutboundContext,
): OutboundDetailView {
  return {
    ...presentOutbound(row, context),
    workflowId: row.workflowId,
    attempts: row.attempts.map((attempt) => ({
      number: attempt.number,
      startedAt: presentTime(attempt.startedAt),
      finishedAt: presentTime(attempt.finishedAt),
      outcome: attempt.outcome,
      reason: presentReason(attempt),
      vendorId: attempt.vendorId,
      status: attempt.status,
      latencyMs: attempt.latencyMs,
      answer: attempt.answer,
    })),
  }
}

/** A hold takes precedence: it says more than the reason recorded before. */
export function presentStateReason(
  row: Pick<DeliveryRow, 'state' | 'waiting' | 'reasonCode' | 'reasonDetail'>,
  hold: Hold | null,
): { readonly stateReason: string | null; readonly stateReasonCode: string | null } {
  if (hold !== null) {
    return {
      stateReason: `It waits: the ${hold.by} accepts no deliveries. ${hold.detail ?? ''}`.trim(),
      stateReasonCode: hold.code,
    }
  }
  if (row.reasonCode !== null)
    return { stateReason: row.reasonDetail ?? row.reasonCode, stateReasonCode: row.reasonCode }
  const waits = row.state === 'queued' && row.waiting
  return waits
    ? { stateReason: 'It waits for the deliveries before it.', stateReasonCode: 'not-its-turn' }
    : { stateReason: null, stateReasonCode: null }
}

function presentReason(row: { readonly reasonCode: string | null; readonly reasonDetail: string | null }) {
  return row.reasonCode === null ? null : { code: row.reasonCode, detail: row.reasonDetail }
}
