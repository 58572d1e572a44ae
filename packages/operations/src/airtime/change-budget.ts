import { type AirtimePeriod, type AirtimeScope, loadBudgets, releaseStopped, setBudget } from '@paikea/database'
import { operation, type Work } from '../operation.ts'
import { refuseConflict, refuseField } from '../refusal.ts'
import { type AirtimeOf, findScope } from './find-scope.ts'

const MAX_CREDITS = 100_000_000
const MAX_HOURS = 31 * 24
/** How many stopped deliveries are re-examined at once; the rest follow on their own timers. */
const MAX_RELEASED = 5_000

/** Levels for a scope; `null`: not set, so the default warning and no stop. */
export interface BudgetWish extends AirtimeOf {
  readonly period: AirtimePeriod
  readonly warnCredits: number | null
  readonly stopCredits: number | null
}

/**
 * Sets the level that warns and the level that stops sending. Stopped deliveries are re-examined.
 *
 * @throws Refusal `not-found`, `forbidden`; `invalid` levels
 */
export const changeAirtimeBudget = operation<BudgetWish, void>('airtime.budget-changed', async (work, wish) => {
  const { db, caller, tx, now } = work
  const { period, warnCredits, stopCredits } = wish
  checkCredits('warnCredits', warnCredits)
  checkCredits('stopCredits', stopCredits)
  if (warnCredits !== null && stopCredits !== null && warnCredits > stopCredits) {
    throw refuseField('warnCredits', 'above-stop', 'must not be above stopCredits')
  }
  const { scope, groupId, subject } = await findScope(work, wish)
  const before = await find(work, scope, period)
  const levels = { warnCredits, stopCredits, overrideUntil: before?.overrideUntil ?? null }
  await setBudget(db, { scope, period, ...levels, changedBy: caller.actor, now }, tx)
  await releaseStopped(db, { dueBefore: null, limit: MAX_RELEASED }, tx)
  const facts = before === undefined ? null : factsOf(before)
  return { result: undefined, subject, groupId, before: facts, after: factsOf({ ...levels, period }) }
})

/** A period without a stop. */
export interface OverrideWish extends AirtimeOf {
  /** `null`: every stop that is set. */
  readonly period: AirtimePeriod | null
  /** 0 ends the override. */
  readonly hours: number
  /** For the audit log. */
  readonly reason: string
}

/**
 * Lifts a scope's stop for some hours, and audits the reason. What is spent meanwhile counts.
 *
 * @throws Refusal `not-found`, `forbidden`, `invalid`; `conflict` if nothing is stopped there
 */
export const overrideAirtime = operation<OverrideWish, { readonly until: Date | null }>(
  'airtime.overridden',
  async (work, wish) => {
    const { db, caller, tx, now } = work
    const { period, hours, reason } = wish
    if (!Number.isFinite(hours) || hours < 0 || hours > MAX_HOURS) {
      throw refuseField('hours', 'out-of-range', `must be from 0 to ${MAX_HOURS}`)
    }
    checkReason(reason)
    const { scope, groupId, subject } = await findScope(work, wish)
    const stops = (await listBudgets(work, scope)).filter((one) => one.stopCredits !== null)
    const [first, ...others] = stops.filter((one) => period === null || one.period === period)
    if (first === undefined) throw refuseConflict('no-stop', noStop(period, stops))
    const until = hours === 0 ? null : new Date(now.getTime() + hours * 3_600_000)
    for (const { period: lifted, warnCredits, stopCredits } of [first, ...others]) {
      const levels = { warnCredits, stopCredits, overrideUntil: until }
      await setBudget(db, { scope, period: lifted, ...levels, changedBy: caller.actor, now }, tx)
    }
    await releaseStopped(db, { dueBefore: null, limit: MAX_RELEASED }, tx)
    const also = others.length === 0 ? {} : { also: others.map(({ period: lifted }) => lifted) }
    const after = { ...factsOf({ ...first, overrideUntil: until }), ...also, reason }
    return { result: { until }, subject, groupId, before: factsOf(first), after }
  },
)

/** @throws Refusal `invalid` */
export function checkReason(reason: string): void {
  if (reason.trim() === '' || reason.length > 300)
    throw refuseField('reason', 'required', 'must give a reason of 1 to 300 characters')
}

interface Levels {
  readonly period: AirtimePeriod
  readonly warnCredits: number | null
  readonly stopCredits: number | null
  readonly overrideUntil: Date | null
}

function factsOf({ period, warnCredits, stopCredits, overrideUntil }: Levels) {
  return { period, warnCredits, stopCredits, overrideUntil }
}

async function find(work: Work, scope: AirtimeScope, period: AirtimePeriod) {
  return (await listBudgets(work, scope)).find((one) => one.period === period)
}

async function listBudgets({ db, tx }: Work, scope: AirtimeScope) {
  const all = await loadBudgets(db, {}, tx)
  return all.filter((one) => one.scopeKind === scope.kind && one.scopeId === scope.id)
}

function noStop(period: AirtimePeriod | null, stops: readonly { readonly period: AirtimePeriod }[]): string {
  const [other] = stops
  if (period === null || other === undefined) return 'No stop level is set for it.'
  return `No stop level per ${period} is set for it; there is one per ${other.period}.`
}

function checkCredits(field: string, credits: number | null): void {
  if (credits === null || (Number.isInteger(credits) && credits >= 0 && credits <= MAX_CREDITS)) return
  throw refuseField(field, 'out-of-range', `must be a whole number from 0 to ${MAX_CREDITS}`)
}
