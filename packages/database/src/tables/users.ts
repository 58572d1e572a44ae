import { bigint, id, no, now, orNull, text, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A user. `email` is stored in lower case. */
export const USERS = table('users', {
  id,
  email: text(254),
  passwordHash: text(255),
  displayName: text(100),
  isSystemAdmin: no,
  disabledAt: orNull(time),
  /** Base32; effective only with `totpSince`. */
  totpSecret: orNull(text(64)),
  totpSince: orNull(time),
  /** The step of the last code used: none works twice. */
  totpLastStep: orNull(bigint),
  createdAt: now,
})

export type User = ModelOf<typeof USERS>
