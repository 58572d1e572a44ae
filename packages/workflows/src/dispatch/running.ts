/** How many workflows may be at work at once, by what they have in common. */
export interface Bound {
  /** What counts together: all of a kind, or those of one target. */
  readonly by: 'kind' | 'chain'
  /** @param isTold whether this process hears of ends: where it does not, it asks for them, and room is found later */
  atMost(load: AnswerLoad, isTold: boolean): number
  /** What has not ended by then is in other hands, or waits for its second try: the database is asked. */
  readonly askAfterMs: number
}

/** How much the process has to answer just now. */
export type AnswerLoad = 'none' | 'some' | 'slow'

/** What is under way for so long is no longer counted: should Temporal have lost it, its row is started again. */
const FORGET_MS = 10 * 60_000

/**
 * Workflows that were started and have not ended. A start is answered long before its workflow is through, so without a
 * bound they pile up in the worker: messages take the processors from those who wait for an answer, deliveries wait beside
 * each other for their turn.
 *
 * Ends are told by the activities of this process. Those that another process works on are asked for: `overdue` says of
 * which nothing was heard for long.
 */
export class Running {
  readonly #bound: Bound
  readonly #started = new Map<number, { readonly key: string; readonly atMs: number; askedAtMs: number }>()
  readonly #counts = new Map<string, number>()
  #isTold = false

  constructor(bound: Bound) {
    this.#bound = bound
  }

  isFull(chain: string, load: AnswerLoad, nowMs: number): boolean {
    // In the order of their starts: the old ones are in front.
    for (const [id, { atMs }] of this.#started) {
      if (nowMs - atMs < FORGET_MS) break
      this.ended(id)
    }
    return (this.#counts.get(this.#keyOf(chain)) ?? 0) >= this.#bound.atMost(load, this.#isTold)
  }

  started(id: number, chain: string, nowMs: number): void {
    if (this.#started.has(id)) return
    const key = this.#keyOf(chain)
    this.#started.set(id, { key, atMs: nowMs, askedAtMs: nowMs })
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  has(id: number): boolean {
    return this.#started.has(id)
  }

  /** From now on ends are told. */
  told(): void {
    this.#isTold = true
  }

  /** Of which nothing was heard for long; they count as asked about now. */
  overdue(nowMs: number): readonly number[] {
    const ids: number[] = []
    for (const [id, entry] of this.#started) {
      if (nowMs - entry.askedAtMs < this.#bound.askAfterMs) continue
      entry.askedAtMs = nowMs
      ids.push(id)
    }
    return ids
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
