/** Limit on concurrent workflows. */
export interface Bound {
  /**
   * What is counted together: a whole kind, or, for one of a chain, those of the chain that stand before it. One that
   * stands before all others is never held up by them: they wait for it.
   */
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

/** Where a workflow stands: those of one chain have an order. */
interface Place {
  readonly chain: string
  readonly order: number
}

interface Entry {
  readonly key: string
  readonly order: number
  readonly atMs: number
  askedAtMs: number
}

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
  readonly #started = new Map<number, Entry>()
  /** By chain, or all of the kind under one key. */
  readonly #groups = new Map<string, Map<number, Entry>>()
  /** When workflows ended, for as long as that counts as lately. */
  readonly #endedAt: number[] = []
  #isTold = false

  constructor(bound: Bound) {
    this.#bound = bound
  }

  /** Whether one with this place in the chain must wait. */
  isFull({ chain, order }: Place, load: AnswerLoad, nowMs: number): boolean {
    // In order of start, so that the oldest come first.
    for (const [id, { atMs }] of this.#started) {
      if (nowMs - atMs < FORGET_MS) break
      this.#remove(id)
    }
    while (nowMs - (this.#endedAt[0] ?? nowMs) >= LATELY_MS) this.#endedAt.shift()
    const ends = { isTold: this.#isTold, lately: this.#endedAt.length }
    const group = this.#groups.get(this.#keyOf(chain))
    const count =
      this.#bound.by === 'kind'
        ? (group?.size ?? 0)
        : [...(group?.values() ?? [])].filter((entry) => entry.order < order).length
    return count >= this.#bound.atMost(load, ends)
  }

  started(id: number, { chain, order }: Place, nowMs: number): void {
    if (this.#started.has(id)) return
    const key = this.#keyOf(chain)
    const entry = { key, order, atMs: nowMs, askedAtMs: nowMs }
    this.#started.set(id, entry)
    const group = this.#groups.get(key) ?? new Map<number, Entry>()
    this.#groups.set(key, group.set(id, entry))
  }

  has(id: number): boolean {
    return this.#started.has(id)
  }

  /** Whether ends are reported to this process: it works itself. */
  get isTold(): boolean {
    return this.#isTold
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
    const group = this.#groups.get(entry.key)
    group?.delete(id)
    if (group?.size === 0) this.#groups.delete(entry.key)
    return true
  }

  #keyOf(chain: string): string {
    return this.#bound.by === 'chain' ? chain : ''
  }
}
