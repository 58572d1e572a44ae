import type { Clock, DeliveryState, Log, Traces } from '@paikea/domain'
import type { Database, UndispatchedOutbound } from '@paikea/database'

import type { TimeToLive } from './plan/time-to-live.ts'
import type { SendSettings } from './targets/send-context.ts'
import type { WorkFigures } from './work-figures.ts'

/** A delivery changed its state, and that is committed; for the live feed, and the dispatcher's pace. */
export interface DeliveryEvent {
  readonly outboundId: number
  readonly state: DeliveryState
  readonly targetKey: string
  readonly reason: string | null
}

/** A process among those that work on one database. */
export interface Heart {
  /** Under which its attempts are begun. */
  readonly id: number
  /** Whether it has shown itself without a pause for so long that others that are silent are gone, and not the database was away. */
  isSteady(): boolean
}

/** All that planning and sending need from outside. */
export interface DeliveryDeps extends SendSettings {
  readonly db: Database
  /** New deliveries, after their commit; normally the dispatcher's. A lost call costs time, not deliveries. */
  readonly notifyOutbound: (rows: readonly UndispatchedOutbound[]) => void
  /** Wakes the workflow of a delivery that waits for its turn, best effort; normally a signal. */
  readonly wakeOutbound: (outboundId: number) => void
  readonly log: Log
  /** A message was acted on. */
  readonly onProcessed?: ((messageIds: readonly number[]) => void) | undefined
  /** An endpoint was paused: its workflow should begin. */
  readonly onEndpoint?: ((endpointId: number) => void) | undefined
  /** An account was parked or resumed: its workflow should begin, or look. */
  readonly onAccount?: (() => void) | undefined
  readonly onDelivery?: ((event: DeliveryEvent) => void) | undefined
  readonly figures?: WorkFigures | undefined
  /** @default none are kept */
  readonly traces?: Traces | undefined
  /** @default 6 h for positions, 24 h for commands */
  readonly timeToLive?: TimeToLive | undefined
  /** How long a delivery waits for its turn within the activity before its workflow does. @default 4000 */
  readonly localTurnWaitMs?: number | undefined
  /** How long a message's own workflow waits for its deliveries to programs. @default 1000 */
  readonly directWaitMs?: number | undefined
  /** At most this many deliveries a second go to an endpoint that takes its backlog. @default 50 */
  readonly drainPerSecond?: number | undefined
  /** How long one try to write down the end of a send may take. @default 5000 */
  readonly recordWithinMs?: number | undefined
  /** Where taking the turn took longer, nothing is sent: the answer would come too late to be kept. @default 45000 */
  readonly sendWithinMs?: number | undefined
  /** How long a delivery waits for a slot of its kind before it is tried later. @default 1000 */
  readonly slotWaitMs?: number | undefined
  /** @default attempts carry no process name, and no process is considered gone */
  readonly heart?: Heart | undefined
  /** @default the system's clock */
  readonly now?: Clock | undefined
}
