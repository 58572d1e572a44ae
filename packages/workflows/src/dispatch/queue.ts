/** A workflow to start, for one row. */
export interface Job {
  /** Unique among all jobs. */
  readonly key: string
  /** The row's id. */
  readonly id: number
  /** Jobs of one chain are handed out in order, lowest `order` first. */
  readonly chain: string
  readonly order: number
}

/** Up to this size (about two seconds of work) jobs go strictly in order: nobody waits long enough to need more. */
const CALM_SIZE = 200

/**
 * Bounded in-memory queue of jobs, in the order of their rows. With a backlog it alternates between both ends, so that
 * neither live traffic nor the backlog is held up by the other. Order within a chain is always kept.
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

  /** Adds a job. @returns `false` if it is already queued or there is no room */
  add(item: Item): boolean {
    if (this.#items.length >= this.#capacity || this.#keys.has(item.key)) return false
    this.putBack(item)
    return true
  }

  /** Like `add`, for a job that was taken but could not be started: accepted even when full. */
  putBack(item: Item): void {
    if (this.#keys.has(item.key)) return
    this.#keys.add(item.key)
    // Usually it is the newest.
    let at = this.#items.length
    while (at > 0 && (this.#items[at - 1]?.order ?? 0) > item.order) at -= 1
    this.#items.splice(at, 0, item)
  }

  /**
   * Takes the next job that is not held; `null` if there is none.
   * @param isBehind whether the source holds more that are older than the newest here
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
