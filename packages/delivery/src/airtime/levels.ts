import type { AirtimeBudgetRow, AirtimePeriod, AirtimeScope } from '@paikea/database'

/** Levels at which users are warned; `null` = never. Stop levels are only ever set by users. */
type Defaults = Readonly<Record<AirtimeScope['kind'], Readonly<Record<AirtimePeriod, number | null>>>>

/** A buoy that reports every 10 min to one handset costs about 9 credits an hour and 6,500 a month. */
export const DEFAULT_WARN_CREDITS: Defaults = {
  device: { hour: 60, month: 10_000 },
  group: { hour: 600, month: 100_000 },
  all: { hour: 2_000, month: 500_000 },
}
/** If only a stop level is set, users are warned when this share of it is spent. */
const WARN_SHARE = 0.8
const HOUR_MS = 3_600_000

/** The levels in force for a scope and period. */
export interface AirtimeLevels {
  readonly warnCredits: number | null
  readonly stopCredits: number | null
  /** An override: nothing is stopped before this time. */
  readonly overrideUntil: Date | null
  readonly isDefault: boolean
}

/** The levels that were set, or the defaults. */
export function levelsOf(
  budgets: readonly AirtimeBudgetRow[],
  scope: AirtimeScope,
  period: AirtimePeriod,
): AirtimeLevels {
  const own = budgets.find((one) => one.scopeKind === scope.kind && one.scopeId === scope.id && one.period === period)
  const { warnCredits = null, stopCredits = null, overrideUntil = null } = own ?? {}
  const isDefault = warnCredits === null && stopCredits === null
  const ofStop = stopCredits === null ? DEFAULT_WARN_CREDITS[scope.kind][period] : Math.floor(stopCredits * WARN_SHARE)
  return { warnCredits: warnCredits ?? ofStop, stopCredits, overrideUntil, isDefault }
}

/** Start of a period: 60 minutes ago, or the beginning of the month in UTC. */
export function startOf(period: AirtimePeriod, now: Date): Date {
  return period === 'hour'
    ? new Date(now.getTime() - HOUR_MS)
    : new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1))
}

/** The first day of the next month, in UTC. */
export function nextMonth(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1))
}

/** Identifies a period, so that a warning is given once in it. */
export function periodKey(period: AirtimePeriod, now: Date): string {
  return period === 'hour' ? `hour/${now.toISOString().slice(0, 13)}` : `month/${now.toISOString().slice(0, 7)}`
}
