import { recordAudit, type Database, type Transaction } from '@paikea/database'
import type { Caller } from './caller.ts'

/** What every operation is given. */
export interface OperationContext {
  readonly db: Database
  readonly caller: Caller
}

/** What an operation works with: one transaction, one moment. */
export interface Work extends OperationContext {
  readonly tx: Transaction
  readonly now: Date
}

/** Fields of a thing, as the audit log keeps them. Never a secret, never a payload. */
export type Facts = Readonly<Record<string, unknown>>

/** What was done, for the caller and for the audit log. */
export interface Change<R> {
  readonly result: R
  /** Kind and name of the thing: `device/PK901`. */
  readonly subject: string
  /** The group whose business it is; `null` = the system administrators'. */
  readonly groupId: number | null
  /** How it was; `null` if there was nothing. */
  readonly before: Facts | null
  /** How it is now; `null` if nothing is left. */
  readonly after: Facts | null
  /** What else it changed, each with an entry of its own. */
  readonly also?: readonly Consequence[] | undefined
  /** Where only the work finds out who it was, as a log-in does. @default the caller's */
  readonly actor?: string
}

/** A change that follows from another one, in a place whose readers may not see the first. */
export interface Consequence {
  readonly action: string
  readonly subject: string
  readonly groupId: number | null
  readonly before: Facts | null
  readonly after: Facts | null
}

/** Nothing had to be done: nothing is written down. */
export interface NoChange<R> {
  readonly result: R
  readonly subject: null
}

/**
 * Makes an operation: its checks, its change and its entry in the audit log stand in one transaction, or none of them does.
 *
 * @param action for the audit log: `device.changed`
 * @param work may run again after a lost deadlock, so it does nothing outside the database. Throws `Refusal`
 */
export function operation<Input, Result>(
  action: string,
  work: (work: Work, input: Input) => Promise<Change<Result> | NoChange<Result>>,
): (context: OperationContext, input: Input) => Promise<Result> {
  return ({ db, caller }, input) =>
    db.write(async (tx) => {
      const change = await work({ db, caller, tx, now: new Date() }, input)
      if (change.subject === null) return change.result
      const { subject, groupId, before, after, actor = caller.actor, also = [] } = change
      for (const entry of [{ action, subject, groupId, before, after }, ...also]) {
        await recordAudit(db, { actor, address: caller.address, ...entry }, tx)
      }
      return change.result
    })
}
