import { id, integer, now, text, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A browser that is logged in. Only the hash of its cookie is kept. */
export const SESSIONS = table('sessions', {
  id,
  tokenHash: text(64),
  csrfToken: text(64),
  userId: integer,
  createdAt: now,
  lastSeenAt: now,
  expiresAt: time,
})

export type Session = ModelOf<typeof SESSIONS>
