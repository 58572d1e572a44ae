import { id, integer, now, orNull, text, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** Shows people without an account where one device is, until a given day. Only the hash of its token is stored. */
export const SHARE_LINKS = table('share_links', {
  id,
  tokenHash: text(64),
  deviceId: integer,
  label: orNull(text(100)),
  createdBy: text(120),
  createdAt: now,
  expiresAt: time,
})

export type ShareLink = ModelOf<typeof SHARE_LINKS>
