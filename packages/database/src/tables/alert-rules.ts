import { key, longText, now } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A group's alert rules: JSON, as written by the operations. */
export const ALERT_RULES = table('alert_rules', {
  groupId: key,
  rules: longText,
  updatedAt: now,
})

export type AlertRulesRow = ModelOf<typeof ALERT_RULES>
