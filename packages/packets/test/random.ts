/** Random numbers that a seed repeats; in the tests and the fuzz run only. */
export interface Random {
  /** A whole number, 0 <= n < limit. */
  below(limit: number): number
  pick<T>(values: readonly T[]): T
}

/** Mulberry32 (public domain): 32 bits of state, enough to make inputs with. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    pick: (values) => {
      const value = values[below(values.length)]
      if (value === undefined) throw new Error('nothing to pick from')
      return value
    },
  }
}
