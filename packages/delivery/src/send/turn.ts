import type { DeliveryState, FinalDeliveryState } from '@paikea/domain'

/** Why the database is asked about a delivery. */
export type Wish = 'send' | 'resume' | 'cancel' | 'probe'

/** By then a repeatable send is over and recorded; if not, the receiver recognises the duplicate by its id. */
const UNDER_WAY_MS = 15_000

/** Longest pause. A later time was written by a clock that was ahead, and would hold the delivery up. */
const LONGEST_PAUSE_MS = 75 * 60_000

/** Timers run on different clocks: a try may come this much too early. */
const EARLY_MS = 1_000

/** A delivery and what precedes it in its queue, from one consistent read. */
export interface TurnView {
  readonly state: DeliveryState
  readonly expiresAt: Date | null
  readonly reasonCode: string | null
  readonly vendorId: string | null
  /** Number of the latest attempt; 0 = none yet. */
  readonly lastAttempt: number
  /** Start of an attempt whose outcome was never recorded. */
  readonly openSince: Date | null
  /** The process that began it is known to be dead. */
  readonly holderIsGone: boolean
  /** An earlier delivery to the same target is not finished. */
  readonly hasEarlierDelivery: boolean
  /**
   * An earlier message (of the device, or a command before a command) is unprocessed and may still cause earlier
   * deliveries.
   */
  readonly hasEarlierMessage: boolean
  /** Earliest time of the next try. */
  readonly retryAt: Date | null
  /** The receiver recognises duplicates by our id. */
  readonly mayRepeatUnknown: boolean
  /** State of its endpoint; `null` if it has none. */
  readonly endpoint: { readonly state: string } | null
  /** State of the account that pays for it; `null` = there is none, or it was never parked. */
  readonly account?: { readonly state: string } | null
}

/** What to do with a delivery now. */
export type TurnDecision =
  | { readonly do: 'send'; readonly attempt: number; readonly isRepeat: boolean }
  /** It is being sent: nothing is written. */
  | { readonly do: 'let-be' }
  /** Too early for the next try. */
  | { readonly do: 'pause'; readonly retryInMs: number }
  /** Its endpoint is paused or its account parked: it waits as a row until that is resumed. */
  | { readonly do: 'hold' }
  /** There is no airtime for it: it waits as a row, with its reason. */
  | { readonly do: 'stop'; readonly reasonCode: string }
  /** Leave it queued and mark it as waiting. */
  | { readonly do: 'wait' }
  | { readonly do: 'stay-parked'; readonly reasonCode: string }
  /** End it in this state without sending. */
  | {
      readonly do: 'finish'
      readonly state: 'unknown' | 'cancelled' | 'expired'
      readonly reasonCode: string
      readonly reasonDetail: string
    }
  /** It had already ended. */
  | { readonly do: 'nothing'; readonly state: FinalDeliveryState }

/** Decides what to do with a delivery from one read of the database; the first matching rule wins. */
export function decideTurn(view: TurnView, wish: Wish, now: Date): TurnDecision {
  if (isFinal(view.state)) return { do: 'nothing', state: view.state }
  // The fence: whoever began the attempt died or was cut off before recording its end. It may have been sent.
  // If the receiver recognises duplicates by our id, it is sent again with the same one.
  if (view.openSince !== null && !view.mayRepeatUnknown) {
    return finish(
      'unknown',
      'no-answer-recorded',
      'A send was started and its outcome never recorded: it may have been sent. It is not repeated automatically.',
    )
  }
  // Another process may be sending it right now.
  if (view.openSince !== null && !view.holderIsGone && isUnderWay(view.openSince, now)) return { do: 'let-be' }
  if (wish === 'cancel') return finish('cancelled', 'cancelled', 'Cancelled by an operator.')
  if (view.expiresAt !== null && view.expiresAt.getTime() <= now.getTime()) {
    return finish('expired', 'expired', `Waited longer than its time to live (until ${view.expiresAt.toISOString()}).`)
  }
  if (view.state === 'parked' && wish !== 'resume')
    return { do: 'stay-parked', reasonCode: view.reasonCode ?? 'unknown' }
  // Only a probe can find that a paused endpoint works again.
  const isHeld = isShut(view.endpoint) || isShut(view.account ?? null)
  if (isHeld && wish !== 'probe') return { do: 'hold' }
  const retryInMs = view.retryAt === null ? 0 : view.retryAt.getTime() - now.getTime()
  if (wish === 'send' && retryInMs > EARLY_MS && retryInMs <= LONGEST_PAUSE_MS) return { do: 'pause', retryInMs }
  if (view.hasEarlierDelivery || view.hasEarlierMessage) return { do: 'wait' }
  return { do: 'send', attempt: view.lastAttempt + 1, isRepeat: view.openSince !== null }
}

/** An attempt that starts in the future comes from a fast clock; the receiver recognises a duplicate by its id. */
function isUnderWay(openSince: Date, now: Date): boolean {
  const sinceMs = now.getTime() - openSince.getTime()
  return sinceMs > -UNDER_WAY_MS && sinceMs < UNDER_WAY_MS
}

function isShut(way: { readonly state: string } | null): boolean {
  return way !== null && way.state !== 'active'
}

/** Whether a delivery in this state is finished. */
export function isFinal(state: TurnView['state']): state is FinalDeliveryState {
  return state !== 'queued' && state !== 'sending' && state !== 'parked'
}

function finish(state: 'unknown' | 'cancelled' | 'expired', reasonCode: string, reasonDetail: string): TurnDecision {
  return { do: 'finish', state, reasonCode, reasonDetail }
}
