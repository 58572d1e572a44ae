import { withFailures, tryLaterFailure } from './failures.ts'
import type { Envelope } from '@paikea/intake'

import type { InboundResult } from '../contract/mod.ts'
import type { AttemptRecord, DeliverStep } from '../logic/outcome.ts'
import { createDeliver } from './deliver.ts'
import type { ActivityDeps } from './deps.ts'
import { createDesk } from './desk.ts'
import type { DeliverInput } from './desk.ts'
import { createTurnBoard } from './turn-board.ts'

/** So many deliveries wait for their turn inside this process at most; further ones let their workflow wait. */
const boardCapacity = 24
const defaultLocalTurnWaitMs = 4_000

/** Where an envelope ended up. */
export type IntakeAnswer =
  { readonly status: 'held'; readonly messageId: number } | { readonly status: 'refused'; readonly reason: string }

/** What workflows may call; they know only this type. */
export interface Activities {
  /** Works out and writes the deliveries of a message, once. */
  actOnMessage(messageId: number): Promise<InboundResult>
  /** Puts a delivery of the vendor that could not be stored when it came through the intake. */
  putThroughIntake(envelope: Envelope): Promise<IntakeAnswer>
  /** First look at a delivery, meant as a local activity: whatever it meets is its answer. */
  tryDeliver(input: DeliverInput): Promise<DeliverStep>
  /** Later looks, meant as a normal activity: a send to be repeated is a failure, so that the waiting is in plain sight. */
  deliver(input: DeliverInput): Promise<DeliverStep>
  /** Writes down how a send ended that could not be written down at once. */
  recordOutcome(record: AttemptRecord): Promise<DeliverStep>
}

/** Builds the activities over their dependencies. */
export function createActivities(deps: ActivityDeps): Activities {
  const board = createTurnBoard(boardCapacity)
  const desk = createDesk(deps, board)
  const deliver = createDeliver(deps, board, desk)
  const localTurnWaitMs = deps.localTurnWaitMs ?? defaultLocalTurnWaitMs
  return {
    actOnMessage: (messageId) => withFailures(() => desk.actOnMessage(messageId)),
    putThroughIntake: (envelope) =>
      withFailures(async () => {
        const answer = await deps.intake.acceptEnvelope(envelope)
        if (answer.status === 'refused') return { status: 'refused', reason: `${answer.reason}: ${answer.detail}` }
        return { status: 'held', messageId: answer.messageId }
      }),
    tryDeliver: (input) => withFailures(() => deliver.run(input, localTurnWaitMs)),
    deliver: (input) =>
      withFailures(async () => {
        const step = await deliver.run(input, 0)
        if (step.step === 'try-later') throw tryLaterFailure(step.reason, step.attempt, step.retryInMs)
        return step
      }),
    recordOutcome: (record) => withFailures(() => deliver.record(record)),
  }
}
