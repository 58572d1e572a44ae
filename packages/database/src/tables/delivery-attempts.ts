import { bigId, bigint, integer, orNull, text, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { type RowOf, table } from '../sql/table.ts'

/** One try to hand a delivery to the vendor: written before the call and completed after it. */
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
  /** The process that began it; none where an earlier version did. */
  processId: orNull(bigint),
})

export type DeliveryAttempt = ModelOf<typeof DELIVERY_ATTEMPTS>
/** One try to hand a delivery over. */
export type AttemptRow = RowOf<typeof DELIVERY_ATTEMPTS.kinds>
