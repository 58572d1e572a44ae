import type { Log } from '@paikea/domain'
import type { Database, UndispatchedInbound, UndispatchedOutbound } from '@paikea/database'

import type { DeliveryEvent, Heart } from '@paikea/delivery'
import type { AnswerLoad } from './running.ts'
import type { WorkflowStarter } from './starter.ts'

/** Options of the dispatcher. */
export interface DispatcherOptions {
  readonly db: Database
  readonly starter: WorkflowStarter
  readonly log: Log
  /** Concurrent starts; more only slow each other down. @default 8 */
  readonly concurrency?: number | undefined
  /** Rows of each kind kept in memory; the rest stay in the database. @default 2000 */
  readonly capacity?: number | undefined
  /** Interval of database sweeps, in milliseconds. @default 2000 */
  readonly sweepMs?: number | undefined
  /** A delivery that has waited this long although it is its turn is woken, in milliseconds. @default 5000 */
  readonly lostTurnsMs?: number | undefined
  /** A message queued for longer than this may have been started by another process, in milliseconds. @default 1000 */
  readonly othersMs?: number | undefined
  /** How busy the process is with requests: the busier, the fewer workflows it starts. @default none */
  readonly answerLoad?: (() => AnswerLoad) | undefined
  /** This process's heart: work of dead processes is then found within seconds. @default found by its age */
  readonly heart?: Heart | undefined
  /** How often a start probes Temporal while it does not answer. @default 1000 */
  readonly probeMs?: number | undefined
}

/** Statistics for metrics. */
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
  /** Milliseconds since 1970; `null` while Temporal answers. */
  readonly silentSinceMs: number | null
  readonly lastError: string | null
}

/** A message the intake has stored. */
export type InboundNotice = UndispatchedInbound & { readonly state?: string }

/** Starts the workflows of rows: at once when notified, otherwise when the sweep finds them. */
export interface Dispatcher {
  /** Call after the commit; cheap, never throws. Skips quarantined messages. */
  notifyInbound(rows: readonly InboundNotice[]): void
  /** Call after the commit, also after an operator's change: wakes a workflow that already runs. */
  notifyOutbound(rows: readonly UndispatchedOutbound[]): void
  /** Call after writing other work, such as pausing or resuming an endpoint, to sweep at once. */
  sweepSoon(): void
  /**
   * A delivery ended or advanced; wire the activities' `onDelivery` to this. From the first call on, only a few
   * deliveries per target are started at a time: more would only wait for their turn.
   */
  delivered(event: DeliveryEvent): void
  /**
   * Messages were processed; wire the activities' `onProcessed` to this. From the first call on, only a few messages
   * are processed at a time, and fewer while there are requests to answer.
   */
  processed(messageIds: readonly number[]): void
  start(): void
  /** Stops taking work, drains starts in flight, writes the outstanding marks. */
  stop(): Promise<void>
  stats(): DispatcherStats
}
