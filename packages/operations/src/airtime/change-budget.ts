import { type AirtimePeriod, type AirtimeScope, loadBudgets, releaseStopped, setBudget } from '@paikea/database'
import { operation, type Work } from '../operation.ts'
import { refuseConflict, refuseField } from '../refusal.ts'
import { type AirtimeOf, findScope } from './find-scope.ts'

const MAX_CREDITS = 100_000_000
const MAX_HOURS = 31 * 24
/** So many stopped deliveries are looked at again at once; the rest follows by its own time. */
const MAX_RELEASED = 5_000

/** Levels for a scope; `null` = none set: for warnings the default, for stopping never. */
export interface BudgetWish extends AirtimeOf {
  readonly period: AirtimePeriod
  readonly warnCredits: number | null
  readonly stopCredits: number | null
}

/**
 * Sets from which level on people are told, and from which on nothing is sent. What was stopped is looked at again.
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

/** A time without a stop. */
export interface OverrideWish extends AirtimeOf {
  readonly period: AirtimePeriod
  /** 0 ends it. */
  readonly hours: number
  /** For the audit log. */
  readonly reason: string
}

/**
 * Lets everything of a scope pass its stop for some hours, and writes down why. What is spent meanwhile counts.
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
    const budget = await find(work, scope, period)
    if (budget?.stopCredits == null) throw refuseConflict('no-stop', 'No stop level is set for it.')
    const until = hours === 0 ? null : new Date(now.getTime() + hours * 3_600_000)
    const { warnCredits, stopCredits } = budget
    const changedBy = caller.actor
    await setBudget(db, { scope, period, warnCredits, stopCredits, overrideUntil: until, changedBy, now }, tx)
    await releaseStopped(db, { dueBefore: null, limit: MAX_RELEASED }, tx)
    const after = { ...factsOf({ ...budget, overrideUntil: until }), reason }
    return { result: { until }, subject, groupId, before: factsOf(budget), after }
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

async function find({ db, tx }: Work, scope: AirtimeScope, period: AirtimePeriod) {
  const all = await loadBudgets(db, {}, tx)
  return all.find((one) => one.scopeKind === scope.kind && one.scopeId === scope.id && one.period === period)
}

function checkCredits(field: string, credits: number | null): void {
  if (credits === null || (Number.isInteger(credits) && credits >= 0 && credits <= MAX_CREDITS)) return
  throw refuseField(field, 'out-of-range', `must be a whole number from 0 to ${MAX_CREDITS}`)
}
