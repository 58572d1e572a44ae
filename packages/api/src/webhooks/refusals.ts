/** Refused deliveries of one address. */
export interface Refusal {
  readonly address: string
  readonly count: number
  readonly lastReason: string
  readonly firstAt: Date
  readonly lastAt: Date
}

/** Counts refused deliveries by sender, in bounded memory. None of their content is kept. */
export interface RefusalCounter {
  count(address: string | null, reason: string): void
  total(): number
  /** Latest first. */
  list(): readonly Refusal[]
}

/** @param maxAddresses beyond this, the least recently seen address is dropped */
export function createRefusalCounter(maxAddresses = 500): RefusalCounter {
  const byAddress = new Map<string, Refusal>()
  let total = 0
  return {
    count(address, reason) {
      total += 1
      const key = address ?? 'unknown'
      const now = new Date()
      const before = byAddress.get(key)
      // Delete and re-insert: the map's order is then least recently used first.
      byAddress.delete(key)
      byAddress.set(key, {
        address: key,
        count: (before?.count ?? 0) + 1,
        lastReason: reason,
        firstAt: before?.firstAt ?? now,
        lastAt: now,
      })
      if (byAddress.size > maxAddresses) {
        const [oldest] = byAddress.keys()
        if (oldest !== undefined) byAddress.delete(oldest)
      }
    },
    total: () => total,
    list: () => [...byAddress.values()].reverse(),
  }
}
