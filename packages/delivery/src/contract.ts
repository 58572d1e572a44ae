/** What workflows may know about deliveries: types and pauses. No code in this file has side effects. */
export { PARKED_CHECK_MS, pauseUntilExpiryMs, turnCheckDelayMs } from './send/backoff.ts'
export type { AttemptRecord, DeliverStep } from './send/outcome.ts'
export type { Wish } from './send/turn.ts'

/** The result of trying a message's deliveries to programs, within the time for which its workflow waits. */
export interface DirectResult {
  readonly done: number
  /** Still being sent, waiting for their turn, or left to workflows of their own. */
  readonly left: number
}

/** The result of probing an endpoint, and its workflow's next step. */
export type ProbeStep =
  /** Nothing is left to do: it accepts deliveries and none wait, an operator is needed, or it has been deleted. */
  | { readonly step: 'done'; readonly why: 'drained' | 'needs-operator' | 'gone' }
  /** It works, and more deliveries wait behind it. */
  | { readonly step: 'more'; readonly sent: number }
  /** It is still paused. `park`: the reason to show, if an operator is needed. */
  | {
      readonly step: 'wait'
      readonly waitMs: number
      readonly reason: string
      readonly park?: { readonly what: string; readonly whatToDo: string }
    }

/** The result of checking a recovery. */
export type RecoveryStep =
  | { readonly step: 'wait'; readonly waitMs: number }
  /** `outboundId`: the message that restores the interval, written just now. */
  | { readonly step: 'done'; readonly reason: string; readonly outboundId: number | null }

/** The result of acting on a message. */
export interface ActResult {
  readonly messageId: number
  readonly state: 'processed' | 'quarantined' | 'missing'
  /** Ids of the rows of `outbound_messages` created for it. */
  readonly deliveries: readonly number[]
  /**
   * The unfinished ones to programs, which the message's own workflow tries. Missing in results of earlier versions.
   */
  readonly direct?: readonly number[]
  /** Routes that matched but yield nothing to send, with the reason; docs/ARCHITECTURE.md lists them. */
  readonly skipped: readonly { readonly routeId: number; readonly reason: string }[]
}
