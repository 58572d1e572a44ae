import { type AlertRules, DEFAULT_ALERT_RULES } from '@paikea/domain'
import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { inWrite, reading } from './scope.ts'
import { parseStoredJson } from './statement.ts'

/** The alert rules of these groups; groups without any are omitted. */
export async function listAlertRules(
  db: Database,
  args: { readonly groupId?: number | undefined } = {},
  tx?: Transaction,
): Promise<ReadonlyMap<number, AlertRules>> {
  const { groupId } = args
  const rows = await db.models.AlertRules.findAll({
    where: groupId === undefined ? {} : { groupId },
    ...reading(tx),
  })
  return new Map(rows.map((row) => [row.groupId, toRules(row.rules)]))
}

/** A group's alert rules. */
export async function loadAlertRules(
  db: Database,
  args: { readonly groupId: number },
  tx?: Transaction,
): Promise<AlertRules> {
  return (await listAlertRules(db, args, tx)).get(args.groupId) ?? DEFAULT_ALERT_RULES
}

/** Sets a group's alert rules. */
export function saveAlertRules(
  db: Database,
  args: { readonly groupId: number; readonly rules: AlertRules; readonly now: Date },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    const { groupId, rules, now } = args
    await db.models.AlertRules.upsert({ groupId, rules: JSON.stringify(rules), updatedAt: now }, { transaction })
  })
}

/** Written only by `saveAlertRules`; fields added by later versions have defaults. */
function toRules(stored: string): AlertRules {
  const read = parseStoredJson('alert_rules.rules', stored)
  return { ...DEFAULT_ALERT_RULES, ...(typeof read === 'object' ? read : null) }
}
