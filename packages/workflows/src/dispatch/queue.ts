/** Something to be started: one workflow of one row. */
export interface Job {
  /** Unique among all jobs. */
  readonly key: string
  /** Of the row. */
  readonly id: number
  /** What keeps its order: jobs of one chain are handed out lowest `order` first. */
  readonly chain: string
  readonly order: number
}

/** Up to this many (about two seconds' work) all go in their order: nobody waits long enough to need more. */
const CALM_SIZE = 200

/**
 * Jobs in memory, bounded, in the order of their rows. While there is a backlog they are taken from both ends in turn: live
 * traffic is not held up by the backlog, nor the backlog by live traffic. Within a chain always the first one goes first.
 */
export class Queue<Item extends Job> {
  readonly #capacity: number
  readonly #items: Item[] = []
  readonly #keys = new Set<string>()
  #takeNewest = false

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#items.length
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  /** Adds a job; `false` where it is there already, or there is no room. */
  add(item: Item): boolean {
    if (this.#items.length >= this.#capacity || this.#keys.has(item.key)) return false
    this.putBack(item)
    return true
  }

  /** As `add`, for a job that was taken and could not be started: it has a place also if there is no room. */
  putBack(item: Item): void {
    if (this.#keys.has(item.key)) return
    this.#keys.add(item.key)
    // Mostly it is the newest.
    let at = this.#items.length
    while (at > 0 && (this.#items[at - 1]?.order ?? 0) > item.order) at -= 1
    this.#items.splice(at, 0, item)
  }

  /**
   * Hands out the next job that is not held; `null` if there is none.
   * @param isBehind there are more where these come from, older than the newest here
   */
  take(isHeld: (item: Item) => boolean = () => false, isBehind = false): Item | null {
    this.#takeNewest = !this.#takeNewest && (isBehind || this.size > CALM_SIZE)
    const isFree = (item: Item): boolean => !isHeld(item)
    const found = this.#takeNewest ? this.#items.findLast(isFree) : this.#items.find(isFree)
    if (found === undefined) return null
    const at = this.#items.findIndex((item) => item.chain === found.chain && isFree(item))
    const [item = null] = this.#items.splice(at, 1)
    if (item !== null) this.#keys.delete(item.key)
    return item
  }
}
