import { id, integer, now, orNull, text, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** Links an identity provider's users to accounts: its identifier of a user is never reassigned. */
export const IDENTITIES = table('identities', {
  id,
  userId: integer,
  issuer: text(255),
  subject: text(255),
  createdAt: now,
})

/** A sign-in at the identity provider in progress. Only the hash of its cookie is stored. */
export const SIGN_INS = table('sign_ins', {
  id,
  secretHash: text(64),
  state: text(128),
  nonce: text(128),
  verifier: text(128),
  /** The account to link the identity to; `null`: a plain sign-in. */
  userId: orNull(integer),
  expiresAt: time,
})

export type Identity = ModelOf<typeof IDENTITIES>
export type SignIn = ModelOf<typeof SIGN_INS>
