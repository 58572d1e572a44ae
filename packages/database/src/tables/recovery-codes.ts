import { id, integer, now, text } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** Replaces a lost second factor's code, once. Only its hash is stored; a used one is deleted. */
export const RECOVERY_CODES = table('recovery_codes', {
  id,
  userId: integer,
  codeHash: text(64),
  createdAt: now,
})

export type RecoveryCode = ModelOf<typeof RECOVERY_CODES>
