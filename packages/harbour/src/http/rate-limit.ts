/** Counts per address in windows of a minute. In memory: it bounds abuse and need not be exact. */
export interface AddressBudget {
  /** Uses one unit. @returns `false` if this minute's budget is used up */
  take(address: string): boolean
  /** Whether any budget is left, without using it. */
  hasLeft(address: string): boolean
}

const WINDOW_MS = 60_000
const MAX_ADDRESSES = 20_000

/** Creates a budget per minute for each address. */
export function createAddressBudget(perMinute: number, now: () => number = Date.now): AddressBudget {
  let windowStart = now()
  let used = new Map<string, number>()
  const turn = (): void => {
    // A flood of addresses may reset the counts early, but never fills the memory.
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
