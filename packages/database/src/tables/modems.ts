import { id, integer, no, now, orNull, text, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A satellite modem. An unclaimed one was created by a message from an unknown IMEI. */
export const MODEMS = table('modems', {
  id,
  imei: text(15),
  serial: orNull(text(20)),
  label: orNull(text(100)),
  claimed: no,
  /** The group it was claimed for; null: claimed by a system administrator, or unclaimed. */
  groupId: orNull(integer),
  firstSeenAt: orNull(time),
  createdAt: now,
})

export type Modem = ModelOf<typeof MODEMS>
