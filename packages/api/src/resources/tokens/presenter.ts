import type { ApiTokenRow } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import type { TokenView } from './schema.ts'

/** A token without its secret, which is not stored. */
export function presentToken(row: ApiTokenRow): TokenView {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    groupId: row.groupId,
    isSystemAdmin: row.isSystemAdmin,
    createdAt: presentTime(row.createdAt),
    lastUsedAt: presentTime(row.lastUsedAt),
    expiresAt: presentTime(row.expiresAt),
  }
}
