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

/** What workflows may call; this type is all they know of it. */
export interface Activities extends FirmwareActivities {
  /** Computes and writes the deliveries of a message, once. */
  actOnMessage(messageId: number): Promise<InboundResult>
  /** Passes a vendor delivery that could not be stored on arrival through the intake. */
  putThroughIntake(envelope: Envelope): Promise<IntakeAnswer>
  /**
   * Attempts deliveries to programs in parallel. It waits a second; attempts still running then continue in the
   * background.
   */
  tryPrograms(outboundIds: readonly number[]): Promise<DirectResult>
  /** Probes a paused endpoint, or drains its backlog. */
  probeEndpoint(endpointId: number): Promise<ProbeStep>
  /** Probes a parked account, or resumes the deliveries waiting behind one that works again. */
  probeAccount(look: AccountLook): Promise<ProbeStep>
  /** Checks whether a recovery is over; if so, sends the buoy back to its interval. */
  lookAtRecovery(recoveryId: number): Promise<RecoveryStep>
  /** First attempt of a delivery, meant as a local activity: every outcome is a result, never a failure. */
  tryDeliver(input: DeliverInput): Promise<DeliverStep>
  /**
   * Later attempts, meant as a normal activity: a send to be repeated fails, so that the wait shows in Temporal's UI.
   */
  deliver(input: DeliverInput): Promise<DeliverStep>
  /** Records the outcome of a send that could not be recorded at the time. */
  recordOutcome(record: AttemptRecord): Promise<DeliverStep>
}

/** Creates the activities over their dependencies. @param delivery await its `idle()` before the process stops */
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
