import { bigId, bigint, integer, orNull, text, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { type RowOf, table } from '../sql/table.ts'

/** One attempt to hand over a delivery: written before the call and completed after it. */
export const DELIVERY_ATTEMPTS = table('delivery_attempts', {
  id: bigId,
  outboundId: bigint,
  number: integer,
  startedAt: time,
  finishedAt: orNull(time),
  outcome: orNull(text(16)),
  reasonCode: orNull(text(64)),
  reasonDetail: orNull(text(500)),
  vendorId: orNull(text(64)),
  /** HTTP status, or the vendor's own code. */
  status: orNull(integer),
  latencyMs: orNull(integer),
  /** The start of the receiver's response. */
  answer: orNull(text(1000)),
  /** The process that began it; null for attempts of earlier versions. */
  processId: orNull(bigint),
})

export type DeliveryAttempt = ModelOf<typeof DELIVERY_ATTEMPTS>
/** One attempt to hand over a delivery. */
export type AttemptRow = RowOf<typeof DELIVERY_ATTEMPTS.kinds>
