import type { DeliveryState } from '@paikea/domain'
import { listNextWaiting, loadTurns } from '@paikea/database'
import type { OutboundTurn } from '@paikea/database'

import type { DeliveryDeps } from '../deps.ts'
import { allTargets, findTarget } from '../targets/registry.ts'
import { NOT_CONFIGURED } from '../targets/target.ts'
import type { Send, TargetWords } from '../targets/target.ts'
import { UNKNOWN_KIND_WORDS } from '../targets/unknown-kind.ts'
import { pauseUntilExpiryMs, retryDelayMs } from './backoff.ts'
import type { DeliverInput, Desk } from './desk.ts'
import { createGroup } from './group.ts'
import { inTime, TooLate } from './in-time.ts'
import { recordOf } from './outcome.ts'
import type { AttemptRecord, DeliverStep, SendOutcome } from './outcome.ts'
import { Slots } from './slots.ts'
import type { TurnBoard } from './turn-board.ts'

/** Tries to write down how a send ended before the workflow is given the answer to keep; about 1.5 s where they fail. */
const recordTries = 5
/** A database that says nothing for so long is not waited for: the answer would be lost with this activity's time. */
const defaultRecordWithinMs = 5_000
/** Taking the turn took so long that there is no time left for a send. */
const defaultSendWithinMs = 45_000

/** The steps of a delivery, each as one function; grouped where they meet at the database. */
export interface Deliver {
  /** Takes the turn if it is ours, sends, writes down how it ended, passes the turn on. */
  run(input: DeliverInput, localWaitMs: number): Promise<DeliverStep>
  /** Writes down how an attempt ended, for a workflow that had to keep it. */
  record(record: AttemptRecord): Promise<DeliverStep>
}

/** Builds the delivery steps. */
export function createDeliver(deps: DeliveryDeps, board: TurnBoard, desk: Desk): Deliver {
  const now = deps.now ?? (() => new Date())
  const { recordWithinMs = defaultRecordWithinMs, sendWithinMs = defaultSendWithinMs, slotWaitMs = 1_000 } = deps
  const sends: ReadonlyMap<string, Send<unknown>> = new Map(
    allTargets().map((target) => [target.kind, target.createSend(deps)]),
  )
  const slots: ReadonlyMap<string, Slots> = new Map(allTargets().map(({ kind, limits }) => [kind, new Slots(limits)]))
  const findNext = createGroup({
    maxSize: 64,
    isForAll: () => true,
    run: async (targetKeys: readonly string[]) => {
      const next = await listNextWaiting(deps.db, { targetKeys: [...new Set(targetKeys)] })
      return targetKeys.map((key) => next.find((row) => row.targetKey === key)?.outboundId ?? null)
    },
  })

  async function passTurnOn(targetKey: string): Promise<void> {
    try {
      const next = await findNext(targetKey)
      if (next !== null && !board.wake(next)) deps.wakeOutbound(next)
    } catch (error) {
      // The next one has its own timer.
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

  async function send(row: OutboundTurn, attempt: number, isLate: boolean): Promise<DeliverStep> {
    tell(row, 'sending', null)
    const { result, latencyMs } = isLate ? { result: databaseSlow, latencyMs: 0 } : await handOver(row)
    const end = { outboundId: row.outboundId, attempt, finishedAtMs: now().getTime(), latencyMs }
    const record = recordOf(end, result, wordsOf(row.targetKind))
    for (let tries = 1; ; tries += 1) {
      try {
        await inTime(desk.writeEnd(record), recordWithinMs)
        break
      } catch (error) {
        deps.log.error('delivery.end-not-recorded', {
          outboundId: row.outboundId,
          attempt,
          tries,
          error: String(error),
        })
        if (tries >= recordTries || error instanceof TooLate) {
          return { step: 'unrecorded', record, expiresAtMs: expiryOf(row) }
        }
        await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** tries))
      }
    }
    return afterEnd(record, row)
  }

  async function afterEnd(record: AttemptRecord, row: OutboundTurn): Promise<DeliverStep> {
    tell(row, record.state, record.reasonCode)
    const step = stepOf(record, row, now().getTime())
    if (step.step === 'finished') await passTurnOn(row.targetKey)
    return step
  }

  async function handOver(row: OutboundTurn): Promise<{ readonly result: SendOutcome; readonly latencyMs: number }> {
    const release = await slots.get(row.targetKind)?.take(endpointKeyOf(row), slotWaitMs)
    if (release === null) return { result: noSlot, latencyMs: 0 }
    const sentAt = performance.now()
    try {
      const result = await call(row)
      return { result, latencyMs: Math.round(performance.now() - sentAt) }
    } finally {
      release?.()
    }
  }

  async function call(row: OutboundTurn): Promise<SendOutcome> {
    try {
      const target = findTarget(row.targetKind)
      const config = row.endpoint === null ? null : target?.readConfig(row.endpoint.config)
      const endpoint = row.endpoint === null || config === null ? null : { ...row.endpoint, config }
      return await (sends.get(row.targetKind)?.({ ...row, endpoint }) ?? NOT_CONFIGURED)
    } catch (error) {
      // A target answers with values; whatever it throws came at an unknown point, so the request may have left.
      deps.log.error('delivery.sender-threw', { outboundId: row.outboundId, error: String(error) })
      return { outcome: 'unknown', reason: 'sender-threw' }
    }
  }

  async function run(input: DeliverInput, localWaitMs: number): Promise<DeliverStep> {
    const startedAt = performance.now()
    let turn = await desk.takeTurn(input)
    if (turn === null) return { step: 'finished', state: 'missing', vendorId: null, reason: null }
    if (turn.decision.do === 'wait') {
      const { outboundId, targetKey, sourceDeviceId } = turn.row
      await board.wait({ outboundId, targetKey, sourceDeviceId, timeoutMs: localWaitMs })
      // Once more after "it waits" is committed, even without a wait: whoever freed the turn before saw nobody waiting.
      turn = (await desk.takeTurn(input)) ?? turn
    }
    const { row, decision } = turn
    const expiresAtMs = expiryOf(row)
    switch (decision.do) {
      case 'send':
        return send(row, decision.attempt, performance.now() - startedAt > sendWithinMs + localWaitMs)
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

/** What counts as one endpoint where its kind bounds the sends to it. */
function endpointKeyOf(row: OutboundTurn): string {
  return row.endpoint === null ? row.targetKey : `endpoint/${row.endpoint.id}`
}

/** Others of its kind hold all slots, or its own endpoint does. Nothing left. */
const noSlot: SendOutcome = { outcome: 'try-later', reason: 'no-free-slot', retryAfterMs: null }

/** Nothing left, and the next attempt begins anew. */
const databaseSlow: SendOutcome = { outcome: 'try-later', reason: 'database-slow', retryAfterMs: null }

function wordsOf(kind: string): TargetWords {
  return findTarget(kind)?.words ?? UNKNOWN_KIND_WORDS
}

function stepOf(record: AttemptRecord, row: OutboundTurn, nowMs: number): DeliverStep {
  const reason = record.reasonCode
  const expiresAtMs = expiryOf(row)
  if (record.state === 'queued') {
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
