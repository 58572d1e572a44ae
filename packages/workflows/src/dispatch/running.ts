/** How many workflows may be at work at once, by what they have in common. */
export interface Bound {
  /** What counts together: all of a kind, or those of one target. */
  readonly by: 'kind' | 'chain'
  atMost(load: AnswerLoad): number
  /** What has not ended by then is in other hands, or waits for its second try. */
  readonly forgetMs: number
}

/** How much the process has to answer just now. */
export type AnswerLoad = 'none' | 'some' | 'slow'

/**
 * Workflows that were started and have not ended. A start is answered long before its workflow is through, so without a
 * bound they pile up in the worker: messages take the processors from those who wait for an answer, deliveries wait beside
 * each other for their turn. Bounds nothing before it has heard of an end, so that it does no harm where nobody tells it.
 */
export class Running {
  readonly #bound: Bound
  readonly #started = new Map<number, { readonly key: string; readonly atMs: number }>()
  readonly #counts = new Map<string, number>()
  #isTold = false

  constructor(bound: Bound) {
    this.#bound = bound
  }

  isFull(chain: string, load: AnswerLoad, nowMs: number): boolean {
    if (!this.#isTold) return false
    // In the order of their starts: the old ones are in front.
    for (const [id, { atMs }] of this.#started) {
      if (nowMs - atMs < this.#bound.forgetMs) break
      this.ended(id)
    }
    return (this.#counts.get(this.#keyOf(chain)) ?? 0) >= this.#bound.atMost(load)
  }

  started(id: number, chain: string, nowMs: number): void {
    if (!this.#isTold || this.#started.has(id)) return
    const key = this.#keyOf(chain)
    this.#started.set(id, { key, atMs: nowMs })
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  /** From now on ends are told. */
  told(): void {
    this.#isTold = true
  }

  /** Its work is done, or it was not started after all. */
  ended(id: number): void {
    const entry = this.#started.get(id)
    if (entry === undefined) return
    this.#started.delete(id)
    const left = (this.#counts.get(entry.key) ?? 1) - 1
    if (left === 0) this.#counts.delete(entry.key)
    else this.#counts.set(entry.key, left)
  }

  #keyOf(chain: string): string {
    return this.#bound.by === 'chain' ? chain : ''
  }
}
