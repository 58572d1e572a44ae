import { accountHalts, type HaltRow } from '@paikea/database'

import type { ProbeStep } from '../contract.ts'
import type { DeliveryDeps } from '../deps.ts'
import { findTarget } from '../targets/registry.ts'
import { sendContext } from '../targets/send-context.ts'
import { probePauseMs, spreadMs } from './backoff.ts'
import type { Direct } from './direct.ts'

/** How many deliveries get their workflows back at a time: the dispatcher starts them at its own pace. */
const RELEASED = 200
/** An expired delivery ends without a request and proves nothing; this many are tried to find one that does. */
const MAX_CANDIDATES = 20

/** The request to check an account. */
export interface AccountLook {
  readonly kind: string
  /** An operator says that the account works again. */
  readonly isResumed: boolean
}

/**
 * Probes an account that the service refuses. Credentials are checked directly, which costs nothing; otherwise a single
 * delivery is sent on behalf of all. Once the account works again, waiting deliveries get their workflows back.
 */
export function createAccountProbe(deps: DeliveryDeps, direct: Direct) {
  const { db } = deps
  const now = deps.now ?? (() => new Date())
  const context = sendContext(deps)

  async function isCured({ kind, reasonCode }: HaltRow): Promise<boolean> {
    const check = findTarget(kind)?.account?.checkLogIn
    if (reasonCode === 'login-wrong' && check !== undefined) return (await check(context)) === 'right'
    for (let tries = 0; tries < MAX_CANDIDATES; tries += 1) {
      const [head] = await accountHalts.listHeads(db, kind, 1)
      // With nothing to send there is no way to tell: the next delivery will show.
      if (head === undefined) return true
      const step = await direct.send(head, 'probe')
      const saysNothing =
        step.step === 'parked' || (step.step === 'finished' && step.state !== 'sent' && step.state !== 'held')
      if (step.step === 'finished' && step.state === 'sent') return true
      // Refused again, or unknown: one request per look is enough.
      if (!saysNothing || (step.step === 'finished' && step.state === 'unknown')) return false
    }
    return false
  }

  async function tryOut(account: HaltRow): Promise<ProbeStep> {
    const { kind } = account
    if (await isCured(account)) {
      await db.write((tx) => accountHalts.resume(db, kind, tx))
      return { step: 'more', sent: 1 }
    }
    const waitMs = spreadMs(probePauseMs(now().getTime() - account.stateChangedAt.getTime()))
    await accountHalts.setProbeTime(db, kind, new Date(now().getTime() + waitMs))
    return waitStep(account, waitMs)
  }

  return async ({ kind, isResumed }: AccountLook): Promise<ProbeStep> => {
    const account = await accountHalts.find(db, kind)
    if (account === null) return { step: 'done', why: 'gone' }
    if (account.state === 'parked') {
      if (isResumed) await db.write((tx) => accountHalts.resume(db, kind, tx))
      if (isResumed) return { step: 'more', sent: 1 }
      const waitMs = (account.probeAt?.getTime() ?? 0) - now().getTime()
      return waitMs > 1_000 ? waitStep(account, waitMs) : tryOut(account)
    }
    const released = await accountHalts.release(db, kind, RELEASED)
    if (released > 0) return { step: 'more', sent: released }
    await accountHalts.endWork(db, kind)
    return { step: 'done', why: 'drained' }
  }
}

function waitStep({ kind, reasonCode }: HaltRow, waitMs: number): ProbeStep {
  const reason = reasonCode ?? 'unknown'
  const words = findTarget(kind)?.words.park(reason)
  return { step: 'wait', waitMs, reason, ...(words === undefined ? {} : { park: words }) }
}
