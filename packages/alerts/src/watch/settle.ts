import {
  addNotices,
  type AlertRow,
  type Database,
  endAlerts,
  listOpenAlerts,
  listPushAudience,
  type NewNotice,
  openAlerts,
  type PushListener,
  settleOpenedNotices,
} from '@paikea/database'
import { type AlertRules, DEFAULT_ALERT_RULES } from '@paikea/domain'
import { tellAt } from '../judge/quiet-hours.ts'
import type { Look } from './look.ts'

/** Opens new alerts, ends those that are over, and records whom to notify, in one transaction. */
export async function settle(
  db: Database,
  { findings, rules }: Look,
  now: Date,
): Promise<{ readonly opened: number; readonly ended: number }> {
  return db.write(async (tx) => {
    const open = await listOpenAlerts(db, {}, tx)
    const known = new Set(open.flatMap(({ openKey }) => openKey ?? []))
    const holds = new Set(findings.map(({ openKey }) => openKey))
    const found = findings.filter(({ openKey }) => !known.has(openKey))
    const opened = await openAlerts(db, { found, now }, tx)
    const over = open.filter(({ openKey }) => openKey !== null && !holds.has(openKey))
    const ids = over.map(({ id }) => id)
    await endAlerts(db, { ids, now }, tx)
    const told = ids.length === 0 ? [] : await settleOpenedNotices(db, { alertIds: ids }, tx)
    const alertOf = new Map(over.map((alert) => [alert.id, alert]))
    const browsers = opened.length === 0 ? [] : await listPushAudience(db, tx)
    const notices = [
      ...opened.flatMap((alert) => noticesOf(alert, rules, now)),
      ...opened.flatMap((alert) => browsers.flatMap((one) => pushNotices(alert, { rules, listener: one, now }))),
      ...told.flatMap((one) => {
        const alert = alertOf.get(one.alertId)
        const due = alert === undefined ? now : endDueAt(alert, rules, now)
        return { ...one, phase: 'ended' as const, dueAt: due }
      }),
    ]
    await addNotices(db, { notices }, tx)
    return { opened: opened.length, ended: ids.length }
  })
}

/**
 * Whom an alert concerns: its group, or every group that wants the kind. Nobody is notified twice of an alert that
 * concerns all.
 */
function noticesOf(alert: AlertRow, rules: Look['rules'], now: Date): readonly NewNotice[] {
  const concerned = [...rules].filter(([groupId]) => alert.groupId === null || groupId === alert.groupId)
  const byAddress = new Map<string, NewNotice>()
  for (const [, rule] of concerned) {
    if (rule.off.includes(alert.kind)) continue
    const dueAt = tellAt(alert.kind, rule.quietHours, now)
    for (const [channel, address] of addressesOf(rule)) {
      const notice = { alertId: alert.id, channel, address, phase: 'opened' as const, dueAt }
      const key = `${channel} ${address}`
      const other = byAddress.get(key)
      if (other === undefined || dueAt < other.dueAt) byAddress.set(key, notice)
    }
  }
  return [...byAddress.values()]
}

/**
 * A browser receives alerts that concern everyone and those of its user's groups, by the rules of the group that
 * notifies it first.
 */
function pushNotices(
  alert: AlertRow,
  { rules, listener, now }: { readonly rules: Look['rules']; readonly listener: PushListener; readonly now: Date },
): readonly NewNotice[] {
  const { isSystemAdmin, groupIds } = listener
  if (alert.groupId !== null && !isSystemAdmin && !groupIds.includes(alert.groupId)) return []
  const concerned = alert.groupId === null ? groupIds : [alert.groupId]
  const wanting = concerned
    .map((id) => rules.get(id) ?? DEFAULT_ALERT_RULES)
    .filter(({ off }) => !off.includes(alert.kind))
  // A system administrator without a group has no quiet hours.
  if (wanting.length === 0 && concerned.length > 0) return []
  const times = wanting.map(({ quietHours }) => tellAt(alert.kind, quietHours, now).getTime())
  const dueAt = times.length === 0 ? now : new Date(Math.min(...times))
  return [{ alertId: alert.id, channel: 'push', address: String(listener.id), phase: 'opened', dueAt }]
}

function addressesOf(rules: AlertRules): readonly (readonly [NewNotice['channel'], string])[] {
  return [
    ...rules.emails.map((address) => ['email', address] as const),
    ...rules.endpointIds.map((id) => ['webhook', String(id)] as const),
  ]
}

function endDueAt(alert: AlertRow, rules: Look['rules'], now: Date): Date {
  const rule = alert.groupId === null ? undefined : rules.get(alert.groupId)
  return rule === undefined ? now : tellAt(alert.kind, rule.quietHours, now)
}
