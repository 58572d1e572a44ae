import { id, integer, no, now, orNull, text, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A satellite modem. One that nobody has claimed was made by a message from an unknown IMEI. */
export const MODEMS = table('modems', {
  id,
  imei: text(15),
  serial: orNull(text(20)),
  label: orNull(text(100)),
  claimed: no,
  /** The group it was claimed for; null = by a system administrator, or by nobody. */
  groupId: orNull(integer),
  firstSeenAt: orNull(time),
  createdAt: now,
})

export type Modem = ModelOf<typeof MODEMS>
