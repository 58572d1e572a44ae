import type { AttemptRow, DeliveryRow } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import type { OutboundDetailView, OutboundView } from './schema.ts'

/** A message out as it stands in a list. */
export function presentOutbound(row: DeliveryRow, iam: string | null): OutboundView {
  return {
    id: row.id,
    target: row.targetKind,
    endpointId: row.endpointId,
    generation: row.generation,
    imei: row.imei,
    serial: row.serial,
    state: row.state,
    reason: presentReason(row),
    text: row.text,
    hex: row.payload.toString('hex'),
    credits: row.credits,
    createdAt: presentTime(row.createdAt),
    sentAt: presentTime(row.sentAt),
    finishedAt: presentTime(row.finishedAt),
    expiresAt: presentTime(row.expiresAt),
    vendorId: row.vendorId,
    cause: { kind: row.causeKind, messageId: row.causeMessageId, routeId: row.routeId, iam },
  }
}

/** A message out with every try to hand it over. */
export function presentOutboundDetail(
  row: DeliveryRow & { readonly attempts: readonly AttemptRow[] },
  iam: string | null,
): OutboundDetailView {
  return {
    ...presentOutbound(row, iam),
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

function presentReason(row: { readonly reasonCode: string | null; readonly reasonDetail: string | null }) {
  return row.reasonCode === null ? null : { code: row.reasonCode, detail: row.reasonDetail }
}
