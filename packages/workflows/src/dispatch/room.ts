/** How much the process has to answer just now. */
export type AnswerLoad = 'none' | 'some' | 'slow'

/** So many messages are acted on side by side: enough for all processors, and few enough that none of them takes long. */
const atMost = { none: 16, some: 2, slow: 2 }
/** A message that is not acted on by then is in other hands, or waits for its second try. */
const forgetMs = 2_000

/**
 * Bounds how many messages are being acted on at a time: a start is answered long before its workflow is through, so without a bound they
 * pile up in the worker and take the processors from those who wait for an answer. Bounds nothing before it has heard of a message's end, so
 * that it does no harm where nobody tells it: in a process without a worker.
 */
export class Room {
  readonly #running = new Map<number, number>()
  #isTold = false

  isThere(load: AnswerLoad, nowMs: number): boolean {
    if (!this.#isTold) return true
    // In the order of their starts: the old ones are in front.
    for (const [messageId, startedAtMs] of this.#running) {
      if (nowMs - startedAtMs < forgetMs) break
      this.#running.delete(messageId)
    }
    return this.#running.size < atMost[load]
  }

  started(messageId: number, nowMs: number): void {
    if (this.#isTold) this.#running.set(messageId, nowMs)
  }

  /** Acted on, or not started after all. */
  ended(messageId: number): void {
    this.#running.delete(messageId)
  }

  processed(messageIds: readonly number[]): void {
    this.#isTold = true
    for (const messageId of messageIds) this.ended(messageId)
  }
}
