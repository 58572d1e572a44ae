/** What workflows may know of deliveries: types, and pauses. No code in here touches the world. */
export { PARKED_CHECK_MS, pauseUntilExpiryMs, turnCheckDelayMs } from './send/backoff.ts'
export type { AttemptRecord, DeliverStep } from './send/outcome.ts'
export type { Wish } from './send/turn.ts'

/** What trying a message's deliveries to programs led to, within the time that its workflow waits. */
export interface DirectResult {
  readonly done: number
  /** Still under way, waiting for their turn, or left to a workflow of their own. */
  readonly left: number
}

/** The result of probing an endpoint, and its workflow's next step. */
export type ProbeStep =
  /** Nothing is left to do: it takes deliveries and none wait, it waits for an operator, or it is gone. */
  | { readonly step: 'done'; readonly why: 'drained' | 'needs-operator' | 'gone' }
  /** It is well, and more wait behind it. */
  | { readonly step: 'more'; readonly sent: number }
  /** It is still paused. `park`: for people, where an operator is needed. */
  | {
      readonly step: 'wait'
      readonly waitMs: number
      readonly reason: string
      readonly park?: { readonly what: string; readonly whatToDo: string }
    }

/** What a look at a recovery led to. */
export type RecoveryStep =
  | { readonly step: 'wait'; readonly waitMs: number }
  /** `outboundId`: the message that takes the interval back, which was written just now. */
  | { readonly step: 'done'; readonly reason: string; readonly outboundId: number | null }

/** What acting on a message led to. */
export interface ActResult {
  readonly messageId: number
  readonly state: 'processed' | 'quarantined' | 'missing'
  /** Rows of `outbound_messages` made for it, by id. */
  readonly deliveries: readonly number[]
  /** Of these the ones to programs that are not done: the message's own workflow tries them. Results of before have none. */
  readonly direct?: readonly number[]
  /** Routes that matched but yield nothing to send, with the reason; docs/ARCHITECTURE.md lists them. */
  readonly skipped: readonly { readonly routeId: number; readonly reason: string }[]
}
