/**
 * Keeps a repeated piece of work to a share of the time: after a run it is due again once that run is only the share's
 * part of what has passed. A look at the database that a backlog makes slow thus cannot take the database from the work
 * on the backlog.
 */
export class Pace {
  readonly #share: number
  readonly #now: () => number
  #dueAt = Number.NEGATIVE_INFINITY

  /** @param options.share of the time, between 0 and 1; `now` in milliseconds, monotonic */
  constructor(options: { readonly share: number; readonly now?: () => number }) {
    this.#share = options.share
    this.#now = options.now ?? (() => performance.now())
  }

  get isDue(): boolean {
    return this.#now() >= this.#dueAt
  }

  /** Does the work, and notes how long it took, also if it fails. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const startedAt = this.#now()
    try {
      return await work()
    } finally {
      const endedAt = this.#now()
      this.#dueAt = endedAt + (endedAt - startedAt) * (1 / this.#share - 1)
    }
  }
}
