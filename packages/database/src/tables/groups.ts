import { id, now, text } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A crew, a project, an organisation: a device belongs to one, users are members with a role. */
export const GROUPS = table('groups', {
  id,
  name: text(100),
  createdAt: now,
})

export type Group = ModelOf<typeof GROUPS>
