import { id, integer, now, orNull, text, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A device's time at sea. */
export const DEPLOYMENTS = table('deployments', {
  id,
  deviceId: integer,
  fromAt: time,
  /** `null` while it is still at sea. */
  toAt: orNull(time),
  place: orNull(text(100)),
  purpose: orNull(text(500)),
  createdAt: now,
})

export type Deployment = ModelOf<typeof DEPLOYMENTS>
