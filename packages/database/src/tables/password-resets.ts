import { id, integer, now, text, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A single-use link that sets a new password. Only the hash of its token is stored. */
export const PASSWORD_RESETS = table('password_resets', {
  id,
  userId: integer,
  tokenHash: text(64),
  createdAt: now,
  expiresAt: time,
})

export type PasswordReset = ModelOf<typeof PASSWORD_RESETS>
