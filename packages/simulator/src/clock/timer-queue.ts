import type { CancelTimer } from './clock.ts'

interface Timer {
  readonly atMs: number
  readonly order: number
  readonly work: () => void
  isCancelled: boolean
}

/**
 * Timers in order of time; ties keep the order in which they were set. A binary heap, because every pending webhook has
 * a timer: while our service is down there may be ten thousand.
 */
export class TimerQueue {
  readonly #heap: Timer[] = []
  #order = 0

  add(atMs: number, work: () => void): CancelTimer {
    const timer: Timer = { atMs, order: this.#order++, work, isCancelled: false }
    this.#heap.push(timer)
    this.#rise(this.#heap.length - 1)
    return () => {
      timer.isCancelled = true
    }
  }

  /** The time of the next timer, `null` if none is set. */
  nextAtMs(): number | null {
    return this.#next()?.atMs ?? null
  }

  /** Removes and returns the next timer due at `nowMs`. */
  takeDue(nowMs: number): Pick<Timer, 'atMs' | 'work'> | null {
    const next = this.#next()
    if (next === null || next.atMs > nowMs) return null
    this.#removeFirst()
    return next
  }

  #next(): Timer | null {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (!first.isCancelled) return first
      this.#removeFirst()
    }
    return null
  }

  #removeFirst(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink(0)
  }

  #rise(index: number): void {
    for (let child = index; child > 0;) {
      const parent = (child - 1) >> 1
      if (!this.#swapIfEarlier(child, parent)) return
      child = parent
    }
  }

  #sink(index: number): void {
    for (let parent = index; ;) {
      const left = 2 * parent + 1
      const child = this.#isEarlier(left + 1, left) ? left + 1 : left
      if (!this.#swapIfEarlier(child, parent)) return
      parent = child
    }
  }

  /** Swaps the two if the first is earlier than the second. @returns whether it swapped */
  #swapIfEarlier(one: number, other: number): boolean {
    const [first, second] = [this.#heap[one], this.#heap[other]]
    if (first === undefined || second === undefined || !this.#isEarlier(one, other)) return false
    this.#heap[one] = second
    this.#heap[other] = first
    return true
  }

  #isEarlier(one: number, other: number): boolean {
    const [first, second] = [this.#heap[one], this.#heap[other]]
    if (first === undefined || second === undefined) return false
    return first.atMs < second.atMs || (first.atMs === second.atMs && first.order < second.order)
  }
}
