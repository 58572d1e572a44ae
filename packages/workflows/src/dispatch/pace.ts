import type { DeliveryEvent } from '@paikea/delivery'
import { isFinal } from '@paikea/delivery'

/** So many deliveries of one target run side by side: one is sent, the next ones wait beside it for their turn. */
const perTarget = 4
/** A delivery that is not done by then (parked, tried later) no longer holds up the start of others. */
const forgetMs = 10_000

/**
 * Holds back the start of deliveries that would only wait behind others of their target: a workflow that waits for its
 * turn costs a signal and a second workflow task. Holds nothing before it has heard of a delivery's end, so that it
 * does no harm where nobody tells it.
 */
export class Pace {
  readonly #targets = new Map<string, Map<number, number>>()
  #isTold = false

  isHeld(targetKey: string, nowMs: number): boolean {
    const running = this.#targets.get(targetKey)
    if (!this.#isTold || running === undefined || running.size < perTarget) return false
    for (const [outboundId, startedAtMs] of running) {
      if (nowMs - startedAtMs > forgetMs) this.#remove(targetKey, outboundId)
    }
    return (this.#targets.get(targetKey)?.size ?? 0) >= perTarget
  }

  started(targetKey: string, outboundId: number, nowMs: number): void {
    if (!this.#isTold) return
    const running = this.#targets.get(targetKey)
    if (running === undefined) this.#targets.set(targetKey, new Map([[outboundId, nowMs]]))
    else running.set(outboundId, nowMs)
  }

  notStarted(targetKey: string, outboundId: number): void {
    this.#remove(targetKey, outboundId)
  }

  delivered(event: DeliveryEvent): void {
    this.#isTold = true
    // The other states are on the way: they are forgotten after a while.
    if (isFinal(event.state)) this.#remove(event.targetKey, event.outboundId)
  }

  #remove(targetKey: string, outboundId: number): void {
    const running = this.#targets.get(targetKey)
    running?.delete(outboundId)
    if (running?.size === 0) this.#targets.delete(targetKey)
  }
}
