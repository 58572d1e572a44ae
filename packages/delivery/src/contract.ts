/** What workflows may know of deliveries: types, and pauses. No code in here touches the world. */
export { parkedCheckMs, pauseUntilExpiryMs, turnCheckDelayMs } from './send/backoff.ts'
export type { AttemptRecord, DeliverStep } from './send/outcome.ts'
export type { Wish } from './send/turn.ts'

/** What acting on a message led to. */
export interface ActResult {
  readonly messageId: number
  readonly state: 'processed' | 'quarantined' | 'missing'
  /** Rows of `outbound_messages` made for it, by id. */
  readonly deliveries: readonly number[]
  /** Routes that matched but yield nothing to send, with the reason; docs/ARCHITECTURE.md lists them. */
  readonly skipped: readonly { readonly routeId: number; readonly reason: string }[]
}
