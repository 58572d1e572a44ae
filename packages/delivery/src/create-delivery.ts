import type { ActResult, AttemptRecord, DeliverStep } from './contract.ts'
import type { DeliveryDeps } from './deps.ts'
import { createDeliver } from './send/deliver.ts'
import { createDesk } from './send/desk.ts'
import type { DeliverInput } from './send/desk.ts'
import { createTurnBoard } from './send/turn-board.ts'

/** At most this many deliveries wait for their turn inside this process; further ones let their workflow wait. */
const BOARD_CAPACITY = 24
const DEFAULT_LOCAL_TURN_WAIT_MS = 4_000

/** Plans and sends for one process. Everything may be called again: what was done already is not done twice. */
export interface Delivery {
  /** Works out and writes the deliveries of a message, once. */
  actOnMessage(messageId: number): Promise<ActResult>
  /** Sends a delivery if it is its turn, and waits a moment for that. */
  tryNow(input: DeliverInput): Promise<DeliverStep>
  /** Sends a delivery if it is its turn. */
  look(input: DeliverInput): Promise<DeliverStep>
  /** Writes down how a send ended that could not be written down at once. */
  recordOutcome(record: AttemptRecord): Promise<DeliverStep>
}

/** Builds planning and sending over their dependencies. */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const board = createTurnBoard(BOARD_CAPACITY)
  const desk = createDesk(deps, board)
  const deliver = createDeliver(deps, board, desk)
  const localTurnWaitMs = deps.localTurnWaitMs ?? DEFAULT_LOCAL_TURN_WAIT_MS
  return {
    actOnMessage: (messageId) => desk.actOnMessage(messageId),
    tryNow: (input) => deliver.run(input, localTurnWaitMs),
    look: (input) => deliver.run(input, 0),
    recordOutcome: (record) => deliver.record(record),
  }
}
