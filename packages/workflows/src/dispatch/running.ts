/** Limit on concurrent workflows. */
export interface Bound {
  /** What is counted together: a whole kind, or one target. */
  readonly by: 'kind' | 'chain'
  /** @param ends what this process knows of how workflows end */
  atMost(load: AnswerLoad, ends: Ends): number
  /** After this long without an end, another process may have it, or it waits for a retry: ask the database. */
  readonly askAfterMs: number
}

/** How a process learns that workflows end. */
export interface Ends {
  /** Whether they are reported to this process; otherwise it polls for them and learns of free room late. */
  readonly isTold: boolean
  /** How many ended within the last five seconds, as far as it has learned. */
  readonly lately: number
}

/** How busy the process is answering requests. */
export type AnswerLoad = 'none' | 'some' | 'slow'

/** Workflows running this long are no longer counted: if Temporal has lost one, its row is started again. */
const FORGET_MS = 10 * 60_000
const LATELY_MS = 5_000

/**
 * Tracks workflows that were started and have not ended. A start returns long before its workflow is done, so without a
 * bound they pile up in the worker: messages take CPU from callers waiting for a response, and deliveries wait beside
 * each other for their turn.
 *
 * Activities of this process report ends. Ends in other processes are polled for: `overdue` lists the workflows that
 * have been silent for long.
 */
export class Running {
  readonly #bound: Bound
  readonly #started = new Map<number, { readonly key: string; readonly atMs: number; askedAtMs: number }>()
  readonly #counts = new Map<string, number>()
  /** When workflows ended, for as long as that counts as lately. */
  readonly #endedAt: number[] = []
  #isTold = false

  constructor(bound: Bound) {
    this.#bound = bound
  }

  isFull(chain: string, load: AnswerLoad, nowMs: number): boolean {
    // In order of start, so that the oldest come first.
    for (const [id, { atMs }] of this.#started) {
      if (nowMs - atMs < FORGET_MS) break
      this.#remove(id)
    }
    while (nowMs - (this.#endedAt[0] ?? nowMs) >= LATELY_MS) this.#endedAt.shift()
    const ends = { isTold: this.#isTold, lately: this.#endedAt.length }
    return (this.#counts.get(this.#keyOf(chain)) ?? 0) >= this.#bound.atMost(load, ends)
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

  /** From now on, ends are reported. */
  told(): void {
    this.#isTold = true
  }

  /** Workflows silent for long; marks them as just asked about. */
  overdue(nowMs: number): readonly number[] {
    const ids: number[] = []
    for (const [id, entry] of this.#started) {
      if (nowMs - entry.askedAtMs < this.#bound.askAfterMs) continue
      entry.askedAtMs = nowMs
      ids.push(id)
    }
    return ids
  }

  ended(id: number, nowMs: number): void {
    if (this.#remove(id)) this.#endedAt.push(nowMs)
  }

  /** The workflow was not started after all. */
  notStarted(id: number): void {
    this.#remove(id)
  }

  /** @returns whether it was counted */
  #remove(id: number): boolean {
    const entry = this.#started.get(id)
    if (entry === undefined) return false
    this.#started.delete(id)
    const left = (this.#counts.get(entry.key) ?? 1) - 1
    if (left === 0) this.#counts.delete(entry.key)
    else this.#counts.set(entry.key, left)
    return true
  }

  #keyOf(chain: string): string {
    return this.#bound.by === 'chain' ? chain : ''
  }
}
