import { type DeliveryState, NO_TRACES } from '@paikea/domain'
import { inTime, listNextWaiting, loadTurns, type OutboundTurn, TooLate } from '@paikea/database'

import type { DeliveryDeps } from '../deps.ts'
import { findTarget } from '../targets/registry.ts'
import type { TargetWords } from '../targets/target.ts'
import { UNKNOWN_KIND_WORDS } from '../targets/unknown-kind.ts'
import { pauseUntilExpiryMs, retryDelayMs } from './backoff.ts'
import type { DeliverInput, Desk } from './desk.ts'
import { createGroup } from './group.ts'
import type { HandedOver } from './hand-over.ts'
import { judgeRecord } from './judge-record.ts'
import { beginLookTrace, type LookTrace } from './look-trace.ts'
import { recordOf, type AttemptRecord, type DeliverStep, type SendOutcome } from './outcome.ts'
import type { TurnBoard } from './turn-board.ts'
import { isFinal } from './turn.ts'
import type { Turns } from './turns.ts'

/** Tries to record the end of a send before the workflow is given the answer to keep; about 1.5 s if they fail. */
const RECORD_TRIES = 5
/** Longest wait for a silent database: beyond it the activity would time out and lose the answer. */
const DEFAULT_RECORD_WITHIN_MS = 5_000
/** If taking the turn takes longer, no time is left for a send. */
const DEFAULT_SEND_WITHIN_MS = 45_000

/** The steps of a delivery. Calls that meet at the database are grouped. */
export interface Deliver {
  /** Takes the turn if it is ours, sends, records the outcome, and passes the turn on. */
  run(input: DeliverInput, localWaitMs: number): Promise<DeliverStep>
  /** Records an attempt's end that a workflow had to keep. */
  record(record: AttemptRecord): Promise<DeliverStep>
}

/** The parts that the steps of a delivery use. */
export interface DeliverOptions {
  readonly deps: DeliveryDeps
  /** Deliveries waiting briefly in this process. */
  readonly board: TurnBoard
  readonly turns: Turns
  readonly desk: Desk
  readonly handOver: (row: OutboundTurn) => Promise<HandedOver>
}

/** Builds the delivery steps. */
export function createDeliver({ deps, board, turns, desk, handOver }: DeliverOptions): Deliver {
  const { traces = NO_TRACES } = deps
  const now = deps.now ?? (() => new Date())
  const { recordWithinMs = DEFAULT_RECORD_WITHIN_MS, sendWithinMs = DEFAULT_SEND_WITHIN_MS } = deps
  const findNext = createGroup({
    maxSize: 64,
    isForAll: () => true,
    run: async (targetKeys: readonly string[]) => {
      const next = await listNextWaiting(deps.db, { targetKeys: [...new Set(targetKeys)] })
      return targetKeys.map((key) => next.find((row) => row.targetKey === key) ?? null)
    },
  })

  async function passTurnOn(targetKey: string): Promise<void> {
    try {
      const next = await findNext(targetKey)
      if (next !== null) turns.wake(next)
    } catch (error) {
      // The next delivery has its own timer.
      deps.log.warn('turn.pass-failed', { targetKey, error: String(error) })
    }
  }

  function tell(
    { outboundId, targetKey }: { readonly outboundId: number; readonly targetKey: string },
    state: DeliveryState,
    reason: string | null,
  ): void {
    deps.onDelivery?.({ outboundId, state, targetKey, reason })
  }

  async function send(
    row: OutboundTurn,
    trace: LookTrace,
    { attempt, isLate }: { readonly attempt: number; readonly isLate: boolean },
  ): Promise<DeliverStep> {
    tell(row, 'sending', null)
    const { result, latencyMs } = isLate ? { result: databaseSlow, latencyMs: 0 } : await handOver(row)
    const nowMs = now().getTime()
    const target = findTarget(row.targetKind)
    const end = { outboundId: row.outboundId, attempt, finishedAtMs: nowMs, latencyMs }
    const plain = recordOf(end, result, target?.words ?? UNKNOWN_KIND_WORDS)
    const record = target === null ? plain : judgeRecord(plain, row, target, nowMs)
    trace.attempted(record)
    for (let tries = 1; ; tries += 1) {
      try {
        await inTime(desk.writeEnd(record), recordWithinMs)
        break
      } catch (error) {
        deps.log.error('delivery.end-not-recorded', {
          ...traces.fields(row.subject),
          outboundId: row.outboundId,
          attempt,
          tries,
          error: String(error),
        })
        if (tries >= RECORD_TRIES || error instanceof TooLate) {
          return { step: 'unrecorded', record, expiresAtMs: expiryOf(row) }
        }
        await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** tries))
      }
    }
    return afterEnd(record, row)
  }

  function note(record: AttemptRecord, row: OutboundTurn): void {
    const { outboundId, attempt, state, outcome, reasonCode: reason, latencyMs = null } = record
    const { causeMessageId: messageId, targetKind: kind } = row
    const fields = { outboundId, messageId, kind, attempt, outcome, state, reason, latencyMs }
    deps.log.info('delivery.attempted', { ...traces.fields(row.subject), ...fields })
    deps.figures?.attempted(kind, outcome, (latencyMs ?? 0) / 1_000)
    if (!isFinal(state)) return
    deps.figures?.finished(kind, state, Math.max(0, (record.finishedAtMs - row.createdAt.getTime()) / 1_000))
  }

  async function afterEnd(record: AttemptRecord, row: OutboundTurn): Promise<DeliverStep> {
    note(record, row)
    tell(row, record.state, record.reasonCode)
    if (record.endpoint?.pause != null) deps.onEndpoint?.(record.endpoint.endpointId)
    if (record.account != null) deps.onAccount?.()
    const step = stepOf(record, row, now().getTime())
    if (step.step === 'finished' && step.state !== 'held') await passTurnOn(row.targetKey)
    return step
  }

  async function run(input: DeliverInput, localWaitMs: number): Promise<DeliverStep> {
    const trace = beginLookTrace(traces)
    try {
      const step = await look(input, localWaitMs, trace)
      trace.ended(step)
      return step
    } catch (error) {
      trace.ended(null)
      throw error
    }
  }

  async function look(input: DeliverInput, localWaitMs: number, trace: LookTrace): Promise<DeliverStep> {
    const startedAt = performance.now()
    let turn = await desk.takeTurn(input)
    if (turn === null) return { step: 'finished', state: 'missing', vendorId: null, reason: null }
    trace.found(turn.row)
    if (turn.decision.do === 'wait') {
      const { outboundId, targetKey, sourceDeviceId } = turn.row
      await board.wait({ outboundId, targetKey, sourceDeviceId, timeoutMs: localWaitMs })
      // Once more after "it waits" is committed, even without a wait: whoever freed the turn before saw nobody waiting.
      turn = (await desk.takeTurn(input)) ?? turn
    }
    const { row, decision } = turn
    if (input.wish === 'resume' && row.account?.state === 'parked') deps.onAccount?.()
    const expiresAtMs = expiryOf(row)
    switch (decision.do) {
      case 'send':
        return await send(row, trace, {
          attempt: decision.attempt,
          isLate: performance.now() - startedAt > sendWithinMs + localWaitMs,
        })
      case 'pause': {
        const retryInMs = pauseUntilExpiryMs(decision.retryInMs, expiresAtMs, now().getTime())
        return {
          step: 'try-later',
          reason: row.reasonCode ?? 'unknown',
          attempt: row.lastAttempt,
          retryInMs,
          expiresAtMs,
        }
      }
      case 'let-be':
        return { step: 'wait', expiresAtMs }
      case 'hold':
        if (row.state !== 'queued') tell(row, 'queued', row.reasonCode)
        return {
          step: 'finished',
          state: 'held',
          vendorId: null,
          reason: row.endpoint?.reasonCode ?? row.account?.reasonCode ?? null,
        }
      case 'stop':
        tell(row, 'queued', decision.reasonCode)
        // Deliveries caused by other devices do not wait behind it.
        await passTurnOn(row.targetKey)
        return { step: 'finished', state: 'held', vendorId: null, reason: decision.reasonCode }
      case 'wait':
        if (row.state !== 'queued') tell(row, 'queued', row.reasonCode)
        return { step: 'wait', expiresAtMs }
      case 'stay-parked':
        return {
          step: 'parked',
          reason: decision.reasonCode,
          ...wordsOf(row.targetKind).park(decision.reasonCode),
          expiresAtMs,
        }
      case 'nothing':
        return { step: 'finished', state: decision.state, vendorId: row.vendorId, reason: row.reasonCode }
      case 'finish':
        tell(row, decision.state, decision.reasonCode)
        await passTurnOn(row.targetKey)
        return { step: 'finished', state: decision.state, vendorId: null, reason: decision.reasonCode }
    }
  }

  return {
    run,
    async record(record) {
      await desk.writeEnd(record)
      const [row] = await loadTurns(deps.db, { outboundIds: [record.outboundId] })
      if (row === undefined) return { step: 'finished', state: 'missing', vendorId: null, reason: null }
      return afterEnd(record, row)
    },
  }
}

/** Nothing was sent, and the next attempt starts afresh. */
const databaseSlow: SendOutcome = { outcome: 'try-later', reason: 'database-slow', retryAfterMs: null }

function wordsOf(kind: string): TargetWords {
  return findTarget(kind)?.words ?? UNKNOWN_KIND_WORDS
}

function stepOf(record: AttemptRecord, row: OutboundTurn, nowMs: number): DeliverStep {
  const reason = record.reasonCode
  const expiresAtMs = expiryOf(row)
  if (record.state === 'queued') {
    if (record.next?.lane === 'direct' || record.next?.lane === 'held')
      return { step: 'finished', state: 'held', vendorId: null, reason }
    const pauseMs = retryDelayMs(record.attempt, record.retryAfterMs)
    const retryInMs = pauseUntilExpiryMs(pauseMs, expiresAtMs, nowMs)
    return { step: 'try-later', reason: reason ?? 'unknown', attempt: record.attempt, retryInMs, expiresAtMs }
  }
  if (record.state === 'parked') {
    return {
      step: 'parked',
      reason: reason ?? 'unknown',
      ...wordsOf(row.targetKind).park(reason ?? 'unknown'),
      expiresAtMs,
    }
  }
  return { step: 'finished', state: record.state, vendorId: record.vendorId, reason }
}

function expiryOf(row: OutboundTurn): number | null {
  return row.expiresAt?.getTime() ?? null
}
