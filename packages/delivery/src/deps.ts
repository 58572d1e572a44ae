import type { Clock, DeliveryState, Log, Traces } from '@paikea/domain'
import type { Database, UndispatchedOutbound } from '@paikea/database'

import type { TimeToLive } from './plan/time-to-live.ts'
import type { SendSettings } from './targets/send-context.ts'
import type { WorkFigures } from './work-figures.ts'

/** A committed change of a delivery's state, for the live feed and for pacing the dispatcher. */
export interface DeliveryEvent {
  readonly outboundId: number
  readonly state: DeliveryState
  readonly targetKey: string
  readonly reason: string | null
}

/** One of the processes that work on a database. */
export interface Heart {
  /** The id recorded with the attempts that it begins. */
  readonly id: number
  /** Whether its own heartbeat has been regular for long enough that others without one must be dead. */
  isSteady(): boolean
}

/** Everything planning and sending need from outside. */
export interface DeliveryDeps extends SendSettings {
  readonly db: Database
  /**
   * Announces new deliveries after their commit, normally to the dispatcher. A lost call costs time, not deliveries.
   */
  readonly notifyOutbound: (rows: readonly UndispatchedOutbound[]) => void
  /** Wakes the workflow of a delivery that waits for its turn, best effort; normally a signal. */
  readonly wakeOutbound: (outboundId: number) => void
  readonly log: Log
  /** A message was acted on. */
  readonly onProcessed?: ((messageIds: readonly number[]) => void) | undefined
  /** An endpoint was paused: start its workflow. */
  readonly onEndpoint?: ((endpointId: number) => void) | undefined
  /** An account was parked or resumed: start or wake its workflow. */
  readonly onAccount?: (() => void) | undefined
  readonly onDelivery?: ((event: DeliveryEvent) => void) | undefined
  readonly figures?: WorkFigures | undefined
  /** @default not recorded */
  readonly traces?: Traces | undefined
  /** @default 6 h for positions, 24 h for commands */
  readonly timeToLive?: TimeToLive | undefined
  /** How long an activity waits for a delivery's turn before the workflow takes over the wait. @default 4000 */
  readonly localTurnWaitMs?: number | undefined
  /** How long a message's own workflow waits for its deliveries to programs. @default 1000 */
  readonly directWaitMs?: number | undefined
  /** Maximum rate at which an endpoint receives its backlog, in deliveries per second. @default 50 */
  readonly drainPerSecond?: number | undefined
  /** Time limit for one try to record the end of a send. @default 5000 */
  readonly recordWithinMs?: number | undefined
  /** If taking the turn took longer, nothing is sent: the answer would be too late to be recorded. @default 45000 */
  readonly sendWithinMs?: number | undefined
  /** How long a delivery waits for a slot of its kind before it is tried later. @default 1000 */
  readonly slotWaitMs?: number | undefined
  /** @default attempts carry no process name, and no process is considered gone */
  readonly heart?: Heart | undefined
  /** @default the system's clock */
  readonly now?: Clock | undefined
}
