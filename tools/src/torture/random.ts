/** A seeded pseudo-random generator. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  next(): number
  /** An integer, both ends inclusive. */
  int(from: number, to: number): number
  /** True with this probability. */
  happens(probability: number): boolean
  /** An element of a non-empty list. */
  pick<Item>(items: readonly Item[]): Item
  /** An independent stream, so that one user's draws do not affect another's. */
  fork(): Random
}

/** Mulberry32: small, and uniform enough for choosing what goes wrong. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    int,
    happens: (probability) => next() < probability,
    pick(items) {
      const item = items[int(0, items.length - 1)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    fork: () => createRandom(int(0, 2 ** 32 - 1)),
  }
}
