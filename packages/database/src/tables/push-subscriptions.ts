import { clippedText, id, integer, now, orNull, text } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A browser that receives alerts through its vendor's push service. */
export const PUSH_SUBSCRIPTIONS = table('push_subscriptions', {
  id,
  userId: integer,
  /** SHA-256 of the address, which is too long for an index. */
  endpointHash: text(64),
  /** URL at the push service: anyone who knows it and our key may send there. */
  endpoint: text(1000),
  /** The browser's public key. */
  p256dh: text(100),
  auth: text(40),
  userAgent: orNull(clippedText(200)),
  createdAt: now,
})

export type PushSubscriptionModel = ModelOf<typeof PUSH_SUBSCRIPTIONS>
