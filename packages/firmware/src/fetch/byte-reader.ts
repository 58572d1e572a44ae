/** Reads exact numbers of bytes from a stream of chunks of any size. */
export interface ByteReader {
  /** @returns exactly `count` bytes, or fewer if the stream ended first */
  read(count: number): Promise<Buffer>
}

/** Creates the reader over any iterator of chunks; the iterator's error is thrown from `read`. */
export function createByteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const pieces = source[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  let isOver = false
  return {
    async read(count) {
      const parts: Buffer[] = []
      let missing = count
      for (;;) {
        const taken = held.subarray(0, missing)
        held = held.subarray(taken.length)
        if (taken.length > 0) parts.push(taken)
        missing -= taken.length
        if (missing === 0 || isOver) break
        const next = await pieces.next()
        if (next.done === true) isOver = true
        else held = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
      }
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
    },
  }
}
