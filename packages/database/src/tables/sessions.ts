import { clippedText, id, integer, now, orNull, text, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A browser session. Only the hash of its cookie is stored. */
export const SESSIONS = table('sessions', {
  id,
  tokenHash: text(64),
  csrfToken: text(64),
  userId: integer,
  createdAt: now,
  lastSeenAt: now,
  expiresAt: time,
  /** Where it began, so that its owner can recognise it. */
  address: orNull(text(45)),
  userAgent: orNull(clippedText(200)),
  /** How: `password`, `password+totp`, `password+recovery-code`, `provider`. */
  method: orNull(text(32)),
})

export type Session = ModelOf<typeof SESSIONS>
