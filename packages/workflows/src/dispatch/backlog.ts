/** Something to be started: one workflow of one row. */
export interface Job {
  /** Unique among all jobs. */
  readonly key: string
  /** What keeps its order: jobs of one chain are handed out lowest `order` first. */
  readonly chain: string
  readonly order: number
}

/** Up to so many jobs (about two seconds' work) all go in the order they came: nobody waits long enough to need more. */
const calmSize = 200

/**
 * Jobs in memory, bounded. Within a chain (a device) strictly in order. Across chains in the order of arrival, until there
 * is a backlog: then every other job goes to the chain that heard of something new last, the rest to the one that has
 * waited longest. So live traffic is not held up by a backlog, and a backlog is not held up by live traffic.
 */
export class Backlog<Item extends Job> {
  readonly #capacity: number
  readonly #chains = new Map<string, Item[]>()
  readonly #keys = new Set<string>()
  /** Chain names in the order of arrival, one for each job; names without jobs are skipped. */
  #arrivals: string[] = []
  #arrivalsHead = 0
  #fresh: string[] = []
  #takeFresh = false

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#keys.size
  }

  get isFull(): boolean {
    return this.#keys.size >= this.#capacity
  }

  /** Chain names kept in all, for the test that they do not pile up. */
  get bookkeeping(): number {
    return this.#arrivals.length - this.#arrivalsHead + this.#fresh.length
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  /** Adds a job; `false` when it is there already or there is no room. */
  add(item: Item, options: { readonly isLive: boolean }): boolean {
    if (this.isFull || this.#keys.has(item.key)) return false
    this.#insert(item)
    this.#arrivals.push(item.chain)
    if (options.isLive) this.#fresh.push(item.chain)
    if (this.bookkeeping > 4 * this.#keys.size + 1_024) this.#compact()
    return true
  }

  /** Puts a job back that was taken and could not be started: at its place in its chain, whose turn comes soon. */
  putBack(item: Item): void {
    if (this.#keys.has(item.key)) return
    this.#insert(item)
    this.#fresh.push(item.chain)
    this.#arrivals.push(item.chain)
  }

  /** Hands out the next job of a chain that is not held; `null` when there is none. */
  take(isHeld: (chain: string) => boolean = () => false): Item | null {
    this.#takeFresh = !this.#takeFresh && this.size > calmSize
    const first = this.#takeFresh ? this.#nextFresh(isHeld) : this.#nextArrival(isHeld)
    const chain = first ?? (this.#takeFresh ? this.#nextArrival(isHeld) : this.#nextFresh(isHeld))
    const item = chain?.shift()
    if (chain === null || item === undefined) return null
    if (chain.length === 0) this.#chains.delete(item.chain)
    this.#keys.delete(item.key)
    return item
  }

  #insert(item: Item): void {
    this.#keys.add(item.key)
    const chain = this.#chains.get(item.chain)
    if (chain === undefined) {
      this.#chains.set(item.chain, [item])
      return
    }
    let at = chain.length
    while (at > 0 && (chain[at - 1]?.order ?? 0) > item.order) at -= 1
    chain.splice(at, 0, item)
  }

  #nextFresh(isHeld: (chain: string) => boolean): Item[] | null {
    for (;;) {
      const name = this.#fresh.pop()
      if (name === undefined) return null
      const chain = this.#chains.get(name)
      if (chain !== undefined && !isHeld(name)) return chain
    }
  }

  #nextArrival(isHeld: (chain: string) => boolean): Item[] | null {
    while (this.#arrivalsHead < this.#arrivals.length) {
      const name = this.#arrivals[this.#arrivalsHead] ?? ''
      const chain = this.#chains.get(name)
      this.#arrivalsHead += 1
      if (this.#arrivalsHead > 1_024 && this.#arrivalsHead * 2 > this.#arrivals.length) this.#dropSpent()
      if (chain !== undefined && !isHeld(name)) return chain
    }
    // Jobs without an arrival of their own left: theirs was used up by another job of their chain, or while it was held.
    for (const [name, chain] of this.#chains) if (!isHeld(name)) return chain
    return null
  }

  #dropSpent(): void {
    this.#arrivals = this.#arrivals.slice(this.#arrivalsHead)
    this.#arrivalsHead = 0
  }

  /** Drops the names of jobs that went by the other way: each chain keeps as many as it has jobs. */
  #compact(): void {
    this.#dropSpent()
    this.#arrivals = this.#asManyAsJobs(this.#arrivals)
    this.#fresh = this.#asManyAsJobs(this.#fresh.reverse()).reverse()
  }

  #asManyAsJobs(names: readonly string[]): string[] {
    const counts = new Map<string, number>()
    return names.filter((name) => {
      const count = (counts.get(name) ?? 0) + 1
      counts.set(name, count)
      return count <= (this.#chains.get(name)?.length ?? 0)
    })
  }
}
