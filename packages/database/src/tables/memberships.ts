import { ROLES } from '@paikea/domain'

import { key, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

export const MEMBERSHIPS = table('memberships', {
  userId: key,
  groupId: key,
  role: word(ROLES, 16),
})

export type Membership = ModelOf<typeof MEMBERSHIPS>
