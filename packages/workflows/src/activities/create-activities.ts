import { Context } from '@temporalio/activity'
import {
  createDelivery,
  type AccountLook,
  type AttemptRecord,
  type DeliverInput,
  type Delivery,
  type DeliverStep,
  type DirectResult,
  type ProbeStep,
  type RecoveryStep,
} from '@paikea/delivery'
import type { Envelope } from '@paikea/intake'

import type { InboundResult } from '../contract/mod.ts'
import type { ActivityDeps } from './deps.ts'
import { tryLaterFailure, withFailures } from './failures.ts'
import { createFirmwareActivities } from './firmware/firmware-activities.ts'
import type { FirmwareActivities } from './firmware/firmware-deps.ts'

/** Where an envelope ended up. */
export type IntakeAnswer =
  { readonly status: 'held'; readonly messageId: number } | { readonly status: 'refused'; readonly reason: string }

/** What workflows may call; they know only this type. */
export interface Activities extends FirmwareActivities {
  /** Works out and writes the deliveries of a message, once. */
  actOnMessage(messageId: number): Promise<InboundResult>
  /** Puts a delivery of the vendor that could not be stored when it came through the intake. */
  putThroughIntake(envelope: Envelope): Promise<IntakeAnswer>
  /** Tries deliveries to programs side by side; what is not done within a second goes on without its workflow. */
  tryPrograms(outboundIds: readonly number[]): Promise<DirectResult>
  /** Tries whether a paused endpoint is back, or sends on what waits behind it. */
  probeEndpoint(endpointId: number): Promise<ProbeStep>
  /** Probes a parked account, or resumes the deliveries waiting behind one that works again. */
  probeAccount(look: AccountLook): Promise<ProbeStep>
  /** Looks whether a recovery is over, and sends the buoy back to its interval then. */
  lookAtRecovery(recoveryId: number): Promise<RecoveryStep>
  /** First look at a delivery, meant as a local activity: whatever it meets is its answer. */
  tryDeliver(input: DeliverInput): Promise<DeliverStep>
  /** Later looks, meant as a normal activity: a send to be repeated is a failure, so that the waiting is in plain sight. */
  deliver(input: DeliverInput): Promise<DeliverStep>
  /** Writes down how a send ended that could not be written down at once. */
  recordOutcome(record: AttemptRecord): Promise<DeliverStep>
}

/** Builds the activities over their dependencies. @param delivery whoever stops the process waits for its `idle()` */
export function createActivities(deps: ActivityDeps, delivery: Delivery = createDelivery(deps)): Activities {
  return {
    ...createFirmwareActivities(deps.firmware === undefined ? null : { db: deps.db, log: deps.log, ...deps.firmware }),
    actOnMessage: (messageId) => withFailures(() => delivery.actOnMessage(messageId)),
    putThroughIntake: (envelope) =>
      withFailures(async () => {
        const answer = await deps.intake.acceptEnvelope(envelope)
        if (answer.status === 'refused') return { status: 'refused', reason: `${answer.reason}: ${answer.detail}` }
        return { status: 'held', messageId: answer.messageId }
      }),
    tryPrograms: (outboundIds) => withFailures(() => delivery.tryPrograms(outboundIds)),
    probeEndpoint: (endpointId) =>
      withFailures(() => delivery.probeEndpoint(endpointId, Context.current().cancellationSignal)),
    probeAccount: (look) => withFailures(() => delivery.probeAccount(look)),
    lookAtRecovery: (recoveryId) => withFailures(() => delivery.lookAtRecovery(recoveryId)),
    tryDeliver: (input) => withFailures(() => delivery.tryNow(input)),
    deliver: (input) =>
      withFailures(async () => {
        const step = await delivery.look(input)
        if (step.step === 'try-later') throw tryLaterFailure(step.reason, step.attempt, step.retryInMs)
        return step
      }),
    recordOutcome: (record) => withFailures(() => delivery.recordOutcome(record)),
  }
}
