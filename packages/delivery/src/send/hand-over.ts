import type { OutboundTurn } from '@paikea/database'

import type { DeliveryDeps } from '../deps.ts'
import { allTargets, findTarget } from '../targets/registry.ts'
import { sendContext } from '../targets/send-context.ts'
import { NOT_CONFIGURED, type Send } from '../targets/target.ts'
import type { SendOutcome } from './outcome.ts'
import { Slots } from './slots.ts'

/** The outcome of a send and its duration. */
export interface HandedOver {
  readonly result: SendOutcome
  readonly latencyMs: number
}

/** All slots of its kind or endpoint are taken. Nothing was sent. */
const NO_SLOT: SendOutcome = { outcome: 'try-later', reason: 'no-free-slot', retryAfterMs: null }
/** A send that takes longer marks its endpoint as hanging until a faster one. */
const HANGS_MS = 1_000

/**
 * Sends deliveries to their targets, each kind within its own slots.
 *
 * @param onHanging called for a delivery to an endpoint that hung last time, so that callers do not wait for it
 */
export function createHandOver(
  deps: DeliveryDeps,
  onHanging: (outboundId: number) => void,
): (row: OutboundTurn) => Promise<HandedOver> {
  const { slotWaitMs = 1_000 } = deps
  const context = sendContext(deps)
  const kinds: ReadonlyMap<string, { readonly send: Send<unknown>; readonly slots: Slots }> = new Map(
    allTargets().map((target) => [target.kind, { send: target.createSend(context), slots: new Slots(target.limits) }]),
  )
  const hanging = new Set<string>()
  const spaceMs = 1000 / (deps.drainPerSecond ?? 50)
  const nextAt = new Map<string, number>()

  /** A receiver that recovers from an outage is not flooded: backlog and new deliveries come at a limited rate. */
  async function pace(key: string, isDraining: boolean): Promise<void> {
    if (!isDraining) return void nextAt.delete(key)
    const nowMs = performance.now()
    const atMs = Math.max(nowMs, nextAt.get(key) ?? 0)
    nextAt.set(key, atMs + spaceMs)
    if (atMs > nowMs) await new Promise((resolve) => setTimeout(resolve, atMs - nowMs))
  }

  async function call(row: OutboundTurn): Promise<SendOutcome> {
    try {
      const target = findTarget(row.targetKind)
      const config = row.endpoint === null ? null : target?.readConfig(row.endpoint.config)
      const endpoint = row.endpoint === null || config === null ? null : { ...row.endpoint, config }
      const send = kinds.get(row.targetKind)?.send
      return await (send?.({ ...row, deliveryId: String(row.outboundId), endpoint }) ?? NOT_CONFIGURED)
    } catch (error) {
      // Targets report failures as values. Anything thrown came at an unknown point: the request may have been sent.
      deps.log.error('delivery.sender-threw', { outboundId: row.outboundId, error: String(error) })
      return { outcome: 'unknown', reason: 'sender-threw' }
    }
  }

  return async (row) => {
    const key = row.endpoint === null ? row.targetKey : `endpoint/${row.endpoint.id}`
    if (hanging.has(key)) onHanging(row.outboundId)
    await pace(key, row.endpoint?.draining === true)
    const release = await kinds.get(row.targetKind)?.slots.take(key, slotWaitMs)
    if (release === null) return { result: NO_SLOT, latencyMs: 0 }
    const sentAt = performance.now()
    try {
      const result = await call(row)
      const latencyMs = Math.round(performance.now() - sentAt)
      if (latencyMs > HANGS_MS) hanging.add(key)
      else hanging.delete(key)
      return { result, latencyMs }
    } finally {
      release?.()
    }
  }
}
