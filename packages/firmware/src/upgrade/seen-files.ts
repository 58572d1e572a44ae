/** Which files of a release a device has fetched: one bit each, in path order, as hexadecimal. */
export interface SeenFiles {
  /** Adds a file. @returns whether it is new */
  add(index: number): boolean
  /** Merges what another process has seen. */
  merge(hex: string | null): void
  readonly count: number
  toHex(): string
}

/** Whether each file of a release has been seen, in path order. */
export function readSeenFiles(hex: string | null, total: number): boolean[] {
  const bits = Buffer.from(hex ?? '', 'hex')
  return Array.from({ length: total }, (_, index) => ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0)
}

/** Creates an empty set for this many files. */
export function createSeenFiles(total: number): SeenFiles {
  const bits = Buffer.alloc(Math.ceil(total / 8))
  let count = 0
  const add = (index: number): boolean => {
    if (index < 0 || index >= total) return false
    const at = index >> 3
    const bit = 1 << (index & 7)
    const before = bits[at] ?? 0
    if ((before & bit) !== 0) return false
    bits[at] = before | bit
    count += 1
    return true
  }
  return {
    add,
    merge(hex) {
      for (const [index, isSeen] of readSeenFiles(hex, total).entries()) if (isSeen) add(index)
    },
    get count() {
      return count
    },
    toHex: () => bits.toString('hex'),
  }
}
