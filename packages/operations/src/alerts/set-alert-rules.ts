import { findEndpoint, listGroups, loadAlertRules, saveAlertRules } from '@paikea/database'
import type { AlertRules } from '@paikea/domain'
import { requireRole, scopeOf } from '../caller.ts'
import { operation } from '../operation.ts'
import { refuseField, refuseUnknown } from '../refusal.ts'

/**
 * Replaces a group's alert rules.
 *
 * @throws Refusal `not-found`, `forbidden`; `invalid` for an endpoint that is not the group's or does not take JSON
 */
export const setAlertRules = operation<{ readonly groupId: number; readonly rules: AlertRules }, AlertRules>(
  'alert-rules.changed',
  async ({ db, caller, tx, now }, { groupId, rules }) => {
    const visible = await listGroups(db, { scope: scopeOf(caller) }, tx)
    if (!visible.some(({ id }) => id === groupId)) throw refuseUnknown('group')
    requireRole(caller, groupId, 'operator')
    for (const [index, id] of rules.endpointIds.entries()) {
      const endpoint = await findEndpoint(db, { scope: { groupIds: [groupId] }, id }, tx)
      if (endpoint?.kind === 'webhook') continue
      const field = `endpointIds.${String(index)}`
      throw refuseField(field, 'unknown-endpoint', 'must be a webhook endpoint of this group')
    }
    const before = await loadAlertRules(db, { groupId }, tx)
    await saveAlertRules(db, { groupId, rules, now }, tx)
    const subject = `group/${String(groupId)}/alert-rules`
    return { result: rules, subject, groupId, before: { ...before }, after: { ...rules } }
  },
)
