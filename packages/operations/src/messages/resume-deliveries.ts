import { findKnown, type ResumeSelection, resumeAccountsOf, resumeSelection } from '@paikea/database'
import { scopeOf } from '../caller.ts'
import { operation } from '../operation.ts'
import { refuseUnknown } from '../refusal.ts'

/** Upper bound per call; callers repeat the call for more. */
const MAX_RESUMED = 5_000

/** What went on. */
export interface Resumed {
  /** To be announced. */
  readonly ids: readonly number[]
  /** Parked accounts that were resumed; deliveries that wait behind them continue too. */
  readonly accounts: number
}

/**
 * Lets parked messages go on: those named, those of a modem or parked for a reason, or all. An account that one of them waits
 * behind goes on with it.
 *
 * @throws Refusal `not-found` if one is named that is not there
 */
export const resumeDeliveries = operation<ResumeSelection, Resumed>(
  'outbound.resumed-many',
  async (work, selection) => {
    const { db, caller, tx } = work
    const scope = scopeOf(caller, 'operator')
    const { ids } = selection
    if (ids !== undefined) {
      const known = await findKnown(db, { ids, scope }, tx)
      if (ids.some((id) => !known.has(id))) throw refuseUnknown('message')
    }
    const accounts = await resumeAccountsOf(db, { ...selection, scope }, tx)
    const resumed = await resumeSelection(db, { ...selection, scope, limit: MAX_RESUMED }, tx)
    const result = { ids: resumed, accounts }
    if (accounts === 0 && resumed.length === 0) return { result, subject: null }
    const after = { deliveries: resumed.length, accounts, selection }
    return { result, subject: 'outbound', groupId: null, before: null, after }
  },
)
