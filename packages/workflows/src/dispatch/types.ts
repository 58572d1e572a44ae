import type { Log } from '@paikea/domain'
import type { Database, UndispatchedInbound, UndispatchedOutbound } from '@paikea/database'

import type { DeliveryEvent, Heart } from '@paikea/delivery'
import type { AnswerLoad } from './running.ts'
import type { WorkflowStarter } from './starter.ts'

/** How the dispatcher works. */
export interface DispatcherOptions {
  readonly db: Database
  readonly starter: WorkflowStarter
  readonly log: Log
  /** Starts under way at the same time: more only make each of them slower. @default 8 */
  readonly concurrency?: number | undefined
  /** Rows of each kind kept in memory; what is beyond stays in the database. @default 2000 */
  readonly capacity?: number | undefined
  /** How often the database is swept, in milliseconds. @default 2000 */
  readonly sweepMs?: number | undefined
  /** A delivery that waits so long although it is its turn is woken, in milliseconds. @default 5000 */
  readonly lostTurnsMs?: number | undefined
  /** How much the process has to answer: the more, the fewer workflows are started. @default none */
  readonly answerLoad?: (() => AnswerLoad) | undefined
  /** Of this process: what others had in hand that are gone is found within seconds. @default it is found by its age */
  readonly heart?: Heart | undefined
  /** While Temporal does not answer, one start so often finds out. @default 1000 */
  readonly probeMs?: number | undefined
}

/** For metrics. */
export interface DispatcherStats {
  readonly queuedInbound: number
  readonly queuedOutbound: number
  readonly inFlight: number
  readonly unmarked: number
  /** The database holds more rows to start than memory does. */
  readonly isBehind: boolean
  readonly started: number
  readonly already: number
  readonly failed: number
  readonly temporal: 'answers' | 'does-not-answer'
  /** Milliseconds since 1970; `null` while it answers. */
  readonly silentSinceMs: number | null
  readonly lastError: string | null
}

/** A message the intake has stored. */
export type InboundNotice = UndispatchedInbound & { readonly state?: string }

/** Starts the workflows of rows: at once when told, else when the sweep finds them. */
export interface Dispatcher {
  /** After the commit; cheap, never fails. Quarantined messages are left out. */
  notifyInbound(rows: readonly InboundNotice[]): void
  /** After the commit, also of a change an operator made: a workflow that runs already is woken. */
  notifyOutbound(rows: readonly UndispatchedOutbound[]): void
  /** Something else was written that wants a workflow, as an endpoint that was paused or resumed. */
  sweepSoon(): void
  /**
   * A delivery went on; wire the activities' `onDelivery` to this. From the first call on, only a few deliveries of one
   * target are started at a time: further ones would but wait for their turn.
   */
  delivered(event: DeliveryEvent): void
  /**
   * Messages were acted on; wire the activities' `onProcessed` to this. From the first call on, only a few messages are
   * acted on at a time, and fewer while there is something to answer.
   */
  processed(messageIds: readonly number[]): void
  start(): void
  /** Takes no new work, lets starts under way end, writes the marks. */
  stop(): Promise<void>
  stats(): DispatcherStats
}
