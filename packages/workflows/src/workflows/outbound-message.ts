import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow'
import {
  PARKED_CHECK_MS,
  pauseUntilExpiryMs,
  turnCheckDelayMs,
  type DeliverStep,
  type Wish,
} from '@paikea/delivery/contract'

import type { OutboundInput, OutboundResult } from '../contract/inputs.ts'
import { notifyOperator, releaseOperator } from './operator-notes.ts'
import { patientDatabase, patientSend, quickSend } from './proxies.ts'
import { cancelSignal, resumeSignal, yourTurnSignal } from './signals.ts'

/** What signals have requested since the last look. */
interface Wishes {
  look: boolean
  resume: boolean
  cancel: boolean
}

type FinishedStep = Extract<DeliverStep, { step: 'finished' }>

/**
 * Runs one delivery: one workflow task with one local activity if all goes well. All decisions are in the database;
 * signals and timers only say when to look again.
 */
export async function outboundMessage(input: OutboundInput): Promise<OutboundResult> {
  const wishes: Wishes = { look: false, resume: false, cancel: false }
  setHandler(yourTurnSignal, () => void (wishes.look = true))
  setHandler(resumeSignal, () => void (wishes.resume = true))
  setHandler(cancelSignal, () => void (wishes.cancel = true))

  try {
    return resultOf(input.outboundId, await seeThrough(input, wishes))
  } catch (error) {
    if (!isCancellation(error)) throw error
    // "Cancel" in Temporal's UI means the same as the signal; a send in flight has ended by now, so only note it.
    wishes.cancel = true
    await CancellationScope.nonCancellable(() => look(input, wishes))
    throw error
  }
}

async function seeThrough(input: OutboundInput, wishes: Wishes): Promise<FinishedStep> {
  let step = await look(input, wishes)
  let turnChecks = 0
  let notedReason: string | null = null
  while (step.step !== 'finished') {
    // Between two looks nothing is in flight and no request is lost: all state is in the database.
    if (workflowInfo().continueAsNewSuggested && !hasWish(wishes)) await continueAsNew<typeof outboundMessage>(input)
    switch (step.step) {
      case 'unrecorded':
        step = await patientDatabase.recordOutcome(step.record)
        break
      case 'wait':
        await waitForWish(wishes, turnCheckDelayMs(turnChecks), step.expiresAtMs)
        turnChecks += 1
        step = await look(input, wishes)
        break
      case 'try-later':
        await condition(() => wishes.cancel || wishes.look, step.retryInMs)
        step = await keepTrying(input, wishes)
        break
      case 'parked':
        if (step.reason !== notedReason) notifyOperator(step)
        notedReason = step.reason
        await waitForWish(wishes, PARKED_CHECK_MS, step.expiresAtMs)
        step = await look(input, wishes)
        if (step.step !== 'parked') {
          releaseOperator()
          notedReason = null
        }
        break
    }
  }
  return step
}

/** Looks at once; if the database is unavailable, retries patiently. */
async function look({ outboundId, queue }: OutboundInput, wishes: Wishes): Promise<DeliverStep> {
  const wish = takeWish(wishes)
  try {
    return await quickSend.tryDeliver({ outboundId, wish })
  } catch (error) {
    if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error
    return await patientSend(queue).deliver({ outboundId, wish })
  }
}

/** Repeats the send until its outcome is final, or a signal interrupts. */
async function keepTrying(input: OutboundInput, wishes: Wishes): Promise<DeliverStep> {
  if (hasWish(wishes)) return look(input, wishes)
  const scope = new CancellationScope()
  const trying = scope.run(() => patientSend(input.queue).deliver({ outboundId: input.outboundId, wish: 'send' }))
  const ended = trying.then(
    () => true,
    () => true,
  )
  await Promise.race([ended, condition(() => hasWish(wishes))])
  // Waits for a send in flight to end; one that only waits for its next attempt ends at once.
  if (hasWish(wishes)) scope.cancel()
  try {
    return await trying
  } catch (error) {
    // Also if cancelled while its last run failed: a look at the database tells the state.
    if (!(error instanceof TemporalFailure) || !hasWish(wishes)) throw error
    return look(input, wishes)
  }
}

async function waitForWish(wishes: Wishes, pauseMs: number, expiresAtMs: number | null): Promise<void> {
  await condition(() => hasWish(wishes), pauseUntilExpiryMs(pauseMs, expiresAtMs, Date.now()))
}

function hasWish(wishes: Wishes): boolean {
  return wishes.look || wishes.resume || wishes.cancel
}

function takeWish(wishes: Wishes): Wish {
  const wish = wishes.cancel ? 'cancel' : wishes.resume ? 'resume' : 'send'
  wishes.look = false
  wishes.resume = false
  wishes.cancel = false
  return wish
}

function resultOf(outboundId: number, step: FinishedStep): OutboundResult {
  if (step.state === 'failed') {
    // Shown as failed in Temporal's UI: a message the vendor can never accept is a fault of ours.
    throw ApplicationFailure.nonRetryable(`This message can never be accepted: ${step.reason}`, 'message-refused')
  }
  return { outboundId, state: step.state, vendorId: step.vendorId, reason: step.reason }
}
