/** What is known of one address whose deliveries were not let in. */
export interface Refusal {
  readonly address: string
  readonly count: number
  readonly lastReason: string
  readonly firstAt: Date
  readonly lastAt: Date
}

/** Counts deliveries that were not let in, per sender, in bounded memory. Nothing of their content is kept. */
export interface RefusalCounter {
  count(address: string | null, reason: string): void
  total(): number
  /** Latest first. */
  list(): readonly Refusal[]
}

/** @param maxAddresses beyond it the address that was quiet for longest is forgotten */
export function createRefusalCounter(maxAddresses = 500): RefusalCounter {
  const byAddress = new Map<string, Refusal>()
  let total = 0
  return {
    count(address, reason) {
      total += 1
      const key = address ?? 'unknown'
      const now = new Date()
      const before = byAddress.get(key)
      // Taken out and put back: the map's order is then the order of last use.
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
