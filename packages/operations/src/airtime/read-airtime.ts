import {
  AIRTIME_PERIODS,
  type AirtimeKey,
  type AirtimePeriod,
  type AirtimeScope,
  type AirtimeSum,
  type AirtimeWarningRow,
  type Database,
  findDeviceNames,
  type GroupScope,
  listAirtime,
  listAirtimeWarnings,
  listReceivedAirtime,
  listGroups,
  loadBudgets,
  sumAirtime,
} from '@paikea/database'
import { levelsOf, nextMonth, startOf } from '@paikea/delivery'

const MAX_ITEMS = 1_000
const MAX_WARNINGS = 100

/** Spending of one device, modem or group: messages sent to it or because of it, and its own. */
export interface AirtimeItem {
  readonly key: string
  readonly credits: number
  readonly messages: number
  readonly receivedCredits: number
  readonly receivedMessages: number
}

/** Spending in a month. */
export interface AirtimeOfMonth {
  readonly from: Date
  readonly to: Date
  readonly credits: number
  readonly messages: number
  /** Of the devices' own messages. */
  readonly receivedCredits: number
  readonly receivedMessages: number
  readonly items: readonly AirtimeItem[]
  readonly warnings: readonly (AirtimeWarningRow & { readonly iam: string | null })[]
}

/** Spending in the month of a moment, by device, modem or group. */
export async function readAirtime(
  db: Database,
  args: { readonly scope: GroupScope; readonly by: AirtimeKey; readonly at: Date },
): Promise<AirtimeOfMonth> {
  const { scope, by, at } = args
  const [from, to] = [startOf('month', at), nextMonth(at)]
  const month = { scope, by, from, to, limit: MAX_ITEMS }
  const items = together(await listAirtime(db, month), await listReceivedAirtime(db, month))
  const warnings = await listAirtimeWarnings(db, { scope, from, limit: MAX_WARNINGS })
  const ids = warnings.filter(({ scopeKind }) => scopeKind === 'device').map(({ scopeId }) => scopeId)
  const names = await findDeviceNames(db, { deviceIds: ids })
  return {
    from,
    to,
    items,
    credits: items.reduce((sum, { credits }) => sum + credits, 0),
    messages: items.reduce((sum, { messages }) => sum + messages, 0),
    receivedCredits: items.reduce((sum, { receivedCredits }) => sum + receivedCredits, 0),
    receivedMessages: items.reduce((sum, { receivedMessages }) => sum + receivedMessages, 0),
    warnings: warnings
      .filter((one) => one.at < to)
      .map((one) => ({ ...one, iam: one.scopeKind === 'device' ? (names.get(one.scopeId)?.iam ?? null) : null })),
  }
}

/** Both sums of each key, most expensive first. */
function together(sent: readonly AirtimeSum[], received: readonly AirtimeSum[]): readonly AirtimeItem[] {
  const items = new Map<string, AirtimeItem>()
  const of = (key: string): AirtimeItem =>
    items.get(key) ?? { key, credits: 0, messages: 0, receivedCredits: 0, receivedMessages: 0 }
  for (const { key, credits, messages } of sent) items.set(key, { ...of(key), credits, messages })
  for (const { key, credits, messages } of received) {
    items.set(key, { ...of(key), receivedCredits: credits, receivedMessages: messages })
  }
  const total = ({ credits, receivedCredits }: AirtimeItem): number => credits + receivedCredits
  return [...items.values()].toSorted((one, other) => total(other) - total(one)).slice(0, MAX_ITEMS)
}

/** The levels in force, and the credits spent. */
export interface AirtimeBudget {
  readonly scope: AirtimeScope['kind']
  readonly groupId: number | null
  readonly iam: string | null
  readonly period: AirtimePeriod
  readonly warnCredits: number | null
  readonly stopCredits: number | null
  readonly isDefault: boolean
  readonly overrideUntil: Date | null
  readonly spentCredits: number
  readonly level: 'ok' | 'warn' | 'stop'
}

/**
 * Levels of the whole installation (for callers who see all groups), of each group, and of devices that have their own.
 */
export async function readAirtimeBudgets(
  db: Database,
  args: { readonly scope: GroupScope; readonly now: Date },
): Promise<readonly AirtimeBudget[]> {
  const { scope, now } = args
  const rows = await loadBudgets(db, {})
  const groups = await listGroups(db, { scope })
  const visible = new Set(groups.map(({ id }) => id))
  const deviceIds = [...new Set(rows.filter((row) => row.scopeKind === 'device').map((row) => row.scopeId))]
  const names = await findDeviceNames(db, { deviceIds })
  const of = [
    ...('all' in scope ? [{ scope: { kind: 'all', id: 0 } as const, groupId: null, iam: null }] : []),
    ...groups.map(({ id }) => ({ scope: { kind: 'group', id } as const, groupId: id, iam: null })),
    ...[...names].flatMap(([id, { iam, groupId }]) =>
      visible.has(groupId) ? [{ scope: { kind: 'device', id } as const, groupId, iam }] : [],
    ),
  ]
  const budgets: AirtimeBudget[] = []
  for (const one of of) {
    for (const period of AIRTIME_PERIODS) {
      const levels = levelsOf(rows, one.scope, period)
      const spentCredits = await sumAirtime(db, { scope: one.scope, from: startOf(period, now) })
      const isOver = levels.stopCredits !== null && spentCredits >= levels.stopCredits
      const isNear = levels.warnCredits !== null && spentCredits >= levels.warnCredits
      const level = isOver ? 'stop' : isNear ? 'warn' : 'ok'
      budgets.push({
        ...levels,
        scope: one.scope.kind,
        groupId: one.groupId,
        iam: one.iam,
        period,
        spentCredits,
        level,
      })
    }
  }
  return budgets
}
