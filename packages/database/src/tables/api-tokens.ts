import { ROLES } from '@paikea/domain'

import { id, integer, no, now, orNull, text, time, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A program's token. Only its hash is stored. `groupId` null with `isSystemAdmin`: all groups. */
export const API_TOKENS = table('api_tokens', {
  id,
  name: text(100),
  tokenHash: text(64),
  groupId: orNull(integer),
  role: word(ROLES, 16),
  isSystemAdmin: no,
  createdByUserId: orNull(integer),
  createdAt: now,
  lastUsedAt: orNull(time),
  expiresAt: orNull(time),
  revokedAt: orNull(time),
})

export type ApiToken = ModelOf<typeof API_TOKENS>
