import { id, integer, now, orNull, text, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** Whom an identity provider knows as whom: its name for a person never goes to someone else. */
export const IDENTITIES = table('identities', {
  id,
  userId: integer,
  issuer: text(255),
  subject: text(255),
  createdAt: now,
})

/** A log-in at the identity provider that is under way. Only the hash of its cookie is kept. */
export const SIGN_INS = table('sign_ins', {
  id,
  secretHash: text(64),
  state: text(128),
  nonce: text(128),
  verifier: text(128),
  /** Whose account the identity is to open from now on; `null`: it opens one that it is known for. */
  userId: orNull(integer),
  expiresAt: time,
})

export type Identity = ModelOf<typeof IDENTITIES>
export type SignIn = ModelOf<typeof SIGN_INS>
