/** Counts what addresses do in windows of a minute. In memory: a bound against abuse, not an account of use. */
export interface AddressBudget {
  /** Takes one. @returns `false` when the minute's budget is used up */
  take(address: string): boolean
  /** Whether there is one left, without taking it. */
  hasLeft(address: string): boolean
}

const WINDOW_MS = 60_000
const MAX_ADDRESSES = 20_000

/** Builds a budget of so many a minute for each address. */
export function createAddressBudget(perMinute: number, now: () => number = Date.now): AddressBudget {
  let windowStart = now()
  let used = new Map<string, number>()
  const turn = (): void => {
    // A flood of addresses may empty the book early; it never fills the memory.
    if (now() - windowStart < WINDOW_MS && used.size < MAX_ADDRESSES) return
    windowStart = now()
    used = new Map()
  }
  return {
    take(address) {
      turn()
      const count = (used.get(address) ?? 0) + 1
      used.set(address, count)
      return count <= perMinute
    },
    hasLeft(address) {
      turn()
      return (used.get(address) ?? 0) < perMinute
    },
  }
}
