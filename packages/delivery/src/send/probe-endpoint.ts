import { endpointHalts, type HaltRow } from '@paikea/database'

import type { ProbeStep } from '../contract.ts'
import type { DeliveryDeps } from '../deps.ts'
import { findTarget } from '../targets/registry.ts'
import { probePauseMs, spreadMs } from './backoff.ts'
import type { Direct } from './direct.ts'

/** Longest duration of one look, so that the workflow shows progress. */
const SLICE_MS = 20_000
/** Number of queues drained concurrently. */
const HEADS = 50
/** Longest pause between two probes. A later time was written by a clock that was ahead. */
const LONGEST_WAIT_MS = 20 * 60_000
/** How many deliveries get their workflows back at a time: the dispatcher starts them at its own pace. */
const RELEASED = 200

/**
 * Probes a paused endpoint: the oldest waiting delivery is sent to find out whether it works again; once it does, the
 * others follow in order, at a bounded rate.
 */
export function createProbe(deps: DeliveryDeps, direct: Direct) {
  const { db } = deps
  const now = deps.now ?? (() => new Date())

  async function tryOut(endpoint: HaltRow): Promise<ProbeStep> {
    const { id: endpointId } = endpoint
    const [head] = await endpointHalts.listHeads(db, endpointId, 1)
    const step = head === undefined ? null : await direct.send(head, 'probe')
    // With nothing to send there is no way to tell: the next delivery will show.
    const isBack = step === null || (step.step === 'finished' && step.state !== 'held')
    if (isBack) {
      await db.write((tx) => endpointHalts.resume(db, endpointId, tx))
      deps.onEndpoint?.(endpointId)
      return { step: 'more', sent: step === null ? 0 : 1 }
    }
    const pausedMs = now().getTime() - endpoint.stateChangedAt.getTime()
    const waitMs = spreadMs(probePauseMs(pausedMs))
    await endpointHalts.setProbeTime(db, endpointId, new Date(now().getTime() + waitMs))
    return { step: 'wait', waitMs, reason: 'reason' in step && step.reason !== null ? step.reason : step.step }
  }

  async function drain({ id: endpointId, kind }: HaltRow, signal: AbortSignal | undefined): Promise<ProbeStep> {
    if (findTarget(kind)?.triedBy !== 'message') {
      const released = await endpointHalts.release(db, endpointId, RELEASED)
      if (released > 0) return { step: 'more', sent: released }
      await endpointHalts.endWork(db, endpointId)
      return { step: 'done', why: 'drained' }
    }
    const endsAt = performance.now() + SLICE_MS
    let sent = 0
    while (performance.now() < endsAt && signal?.aborted !== true) {
      const heads = await endpointHalts.listHeads(db, endpointId, HEADS)
      if (heads.length === 0) {
        await endpointHalts.endWork(db, endpointId)
        return { step: 'done', why: 'drained' }
      }
      const before = sent
      const sends = heads.map(async (head) => {
        const step = await direct.send(head)
        if (step.step === 'finished' && step.state !== 'held') sent += 1
      })
      await Promise.all(sends)
      // Paused again, or all of them have workflows by now.
      if (sent === before) break
    }
    return { step: 'more', sent }
  }

  return async (endpointId: number, signal?: AbortSignal): Promise<ProbeStep> => {
    const endpoint = await endpointHalts.find(db, endpointId)
    if (endpoint === null) return { step: 'done', why: 'gone' }
    if (endpoint.state === 'active') return drain(endpoint, signal)
    if (endpoint.probeAt === null) {
      await endpointHalts.leaveToOperator(db, endpointId)
      return { step: 'done', why: 'needs-operator' }
    }
    const waitMs = endpoint.probeAt.getTime() - now().getTime()
    if (waitMs > 1_000 && waitMs <= LONGEST_WAIT_MS) return { step: 'wait', waitMs, reason: 'not-yet' }
    return tryOut(endpoint)
  }
}
