import {
  loadBudgets,
  sumAirtime,
  type AirtimeBudgetRow,
  type AirtimePeriod,
  type AirtimeScope,
  type Database,
  type OutboundTurn,
  type StoppedDelivery,
  type Transaction,
} from '@paikea/database'

import { nextMonth, startOf } from './levels.ts'

/** Longest chain of messages that caused one another; beyond it a person decides. */
export const MAX_DEPTH = 8
/** How soon a delivery stopped by an hourly limit is checked again. */
const AGAIN_MS = 10 * 60_000

/** A delivery that costs money and is due now, or waits behind another of the same device. */
export interface PaidDelivery {
  readonly row: OutboundTurn
  /** It is about to be sent, so its cost counts. */
  readonly isSent: boolean
}

/** Why a delivery is not sent. */
export interface AirtimeStop extends StoppedDelivery {
  /** The scope whose limit was reached; `null` = the chain of messages behind it is too long. */
  readonly limit: { readonly scope: AirtimeScope; readonly period: AirtimePeriod; readonly credits: number } | null
}

/**
 * Decides which deliveries the guard stops. Runs in the transaction that begins their attempts, under a lock on the
 * budgets with stop levels, so that two workers cannot spend the same credits.
 *
 * @returns by delivery id
 */
export async function guardAirtime(
  db: Database,
  paid: readonly PaidDelivery[],
  now: Date,
  tx: Transaction,
): Promise<ReadonlyMap<number, AirtimeStop>> {
  const stops = new Map<number, AirtimeStop>()
  if (paid.length === 0) return stops
  const all = await loadBudgets(db, { lock: true }, tx)
  const inForce = all.filter(({ overrideUntil }) => overrideUntil === null || overrideUntil <= now)
  const spent = new Map<number, number>()
  for (const { row, isSent } of paid) {
    const budgets = inForce.filter((budget) => isFor(budget, row))
    for (const budget of budgets) {
      if (spent.has(budget.id)) continue
      const scope = { kind: budget.scopeKind, id: budget.scopeId }
      spent.set(budget.id, await sumAirtime(db, { scope, from: startOf(budget.period, now) }, tx))
    }
    const stop = row.airtimeWaived ? null : (loopOf(row) ?? stopOf(row, budgets, spent, now))
    if (stop !== null) stops.set(row.outboundId, stop)
    else if (isSent) for (const { id } of budgets) spent.set(id, (spent.get(id) ?? 0) + row.credits)
  }
  return stops
}

function isFor({ scopeKind, scopeId }: AirtimeBudgetRow, { groupId, spenderId }: OutboundTurn): boolean {
  return scopeKind === 'all' || scopeId === (scopeKind === 'group' ? groupId : spenderId)
}

function loopOf({ outboundId, depth }: OutboundTurn): AirtimeStop | null {
  if (depth <= MAX_DEPTH) return null
  const reasonDetail = `It follows from ${depth - 1} messages that answered each other: two programs may be talking to each other. A person must let it pass or cancel it.`
  return { outboundId, reasonCode: 'message-loop', reasonDetail, retryAt: null, limit: null }
}

function stopOf(
  row: OutboundTurn,
  budgets: readonly AirtimeBudgetRow[],
  spent: ReadonlyMap<number, number>,
  now: Date,
): AirtimeStop | null {
  const passed = budgets.filter(({ id, stopCredits }) => (spent.get(id) ?? 0) + row.credits > (stopCredits ?? Infinity))
  // The monthly limit means the longer wait.
  const budget = passed.find(({ period }) => period === 'month') ?? passed[0]
  if (budget === undefined) return null
  const { scopeKind, scopeId, period, stopCredits } = budget
  const again = period === 'month' ? nextMonth(now) : new Date(now.getTime() + AGAIN_MS)
  const { expiresAt } = row
  return {
    outboundId: row.outboundId,
    reasonCode: `airtime-${scopeKind}-${period}`,
    reasonDetail:
      `It costs ${row.credits} credits, and ${WHOSE[scopeKind]} used ${spent.get(budget.id) ?? 0} of ${stopCredits ?? 0} ` +
      `${period === 'month' ? 'this month' : 'in the last hour'}. It goes on when the limit is raised, ` +
      `${period === 'month' ? `or on ${again.toISOString().slice(0, 10)}` : 'or as the hour passes'}.`,
    // If it expires earlier, it ends then.
    retryAt: expiresAt !== null && expiresAt < again ? expiresAt : again,
    limit: { scope: { kind: scopeKind, id: scopeId }, period, credits: stopCredits ?? 0 },
  }
}

const WHOSE: Readonly<Record<AirtimeScope['kind'], string>> = {
  device: 'its device has',
  group: 'its group has',
  all: 'all groups together have',
}
