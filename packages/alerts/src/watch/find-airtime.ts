import {
  type AirtimeWarningRow,
  type Database,
  findDeviceNames,
  listAirtimeWarnings,
  listGroups,
  loadBudgets,
  sumAirtime,
} from '@paikea/database'
import { levelsOf, startOf } from '@paikea/delivery'
import type { Finding } from '../judge/finding.ts'

const MAX_WARNINGS = 1000
/** An hourly warning is repeated in the next hour. */
const HOUR_WARNINGS_MS = 2 * 3_600_000
const IN = { hour: 'in the last 60 minutes', month: 'this month' } as const

/** Airtime levels exceeded now, among those that the guard has warned about. */
export async function findAirtime(db: Database, { now }: { readonly now: Date }): Promise<readonly Finding[]> {
  const everything = { all: true } as const
  const hoursFrom = new Date(now.getTime() - HOUR_WARNINGS_MS)
  const monthFrom = startOf('month', now)
  const from = hoursFrom < monthFrom ? hoursFrom : monthFrom
  const rows = await listAirtimeWarnings(db, { scope: everything, from, limit: MAX_WARNINGS })
  const newest = new Map<string, AirtimeWarningRow>()
  for (const row of rows) {
    if (row.at < (periodOf(row) === 'hour' ? hoursFrom : monthFrom)) continue
    const key = keyOf(row)
    // Newest first.
    if (!newest.has(key)) newest.set(key, row)
  }
  if (newest.size === 0) return []
  const budgets = await loadBudgets(db, {})
  const ids = [...newest.values()].flatMap((row) => (row.scopeKind === 'device' ? [row.scopeId] : []))
  const devices = await findDeviceNames(db, { deviceIds: ids })
  const groups = new Map((await listGroups(db, { scope: everything })).map(({ id, name }) => [id, name]))
  const findings: Finding[] = []
  for (const row of newest.values()) {
    const scope = { kind: row.scopeKind, id: row.scopeId }
    const period = periodOf(row)
    const levels = levelsOf(budgets, scope, period)
    const spent = await sumAirtime(db, { scope, from: startOf(period, now) })
    const name = nameOf(row, devices, groups)
    const isOver = row.level === 'stop' ? isStopped(row, levels, now) : isPassed(levels.warnCredits, spent)
    if (!isOver) continue
    findings.push({
      kind: 'airtime-budget',
      groupId: row.groupId,
      deviceId: row.scopeKind === 'device' ? row.scopeId : null,
      openKey: keyOf(row),
      ...(row.level === 'stop' ? stopWords(name, period) : warnWords(name, period, levels.warnCredits)),
      since: row.at,
    })
  }
  return findings
}

function periodOf({ period }: Pick<AirtimeWarningRow, 'period'>): 'hour' | 'month' {
  return period.startsWith('hour/') ? 'hour' : 'month'
}

function keyOf(row: AirtimeWarningRow): string {
  return `airtime-budget/${row.scopeKind}/${String(row.scopeId)}/${periodOf(row)}/${row.level}`
}

function nameOf(
  { scopeKind, scopeId }: AirtimeWarningRow,
  devices: ReadonlyMap<number, { readonly iam: string }>,
  groups: ReadonlyMap<number, string>,
): string {
  if (scopeKind === 'device') return devices.get(scopeId)?.iam ?? 'a device that is gone'
  return scopeKind === 'group' ? `the group ${groups.get(scopeId) ?? String(scopeId)}` : 'everything together'
}

function isPassed(credits: number | null, spent: number): boolean {
  return credits !== null && spent >= credits
}

/** Until the limit is raised, removed or overridden; what the guard stopped was never spent. */
function isStopped(
  row: AirtimeWarningRow,
  { stopCredits, overrideUntil }: ReturnType<typeof levelsOf>,
  now: Date,
): boolean {
  return stopCredits !== null && stopCredits <= row.limitCredits && (overrideUntil === null || overrideUntil <= now)
}

function warnWords(name: string, period: 'hour' | 'month', credits: number | null) {
  return {
    summary: `Airtime: ${name} has passed ${String(credits)} credits ${IN[period]}.`,
    advice:
      'Find the cause under Airtime. If it is not intended, switch the route off or set a stop; otherwise raise the level.',
  }
}

function stopWords(name: string, period: 'hour' | 'month') {
  return {
    summary: `Airtime: messages of ${name} are stopped, because its limit ${IN[period]} is used up.`,
    advice:
      'They wait and may expire. Raise the limit, lift it for some hours (override) or release messages one by one (waive); otherwise they continue with the next period.',
  }
}
