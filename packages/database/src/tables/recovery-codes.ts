import { id, integer, now, text } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** Stands in once for the code of a second factor that was lost. Only its hash is kept; a used one is deleted. */
export const RECOVERY_CODES = table('recovery_codes', {
  id,
  userId: integer,
  codeHash: text(64),
  createdAt: now,
})

export type RecoveryCode = ModelOf<typeof RECOVERY_CODES>
