/** What has a number of its own, counting up. */
export interface Numbered {
  readonly id: number
}

/** Reads rows of a table in the order of their ids. */
export interface RowsById<Row extends Numbered> {
  after(afterId: number, limit: number): Promise<readonly Row[]>
  /** Those of these that are there. */
  among(ids: readonly number[]): Promise<readonly Row[]>
}

/** Walks through a table that grows, and gives each row once. */
export interface Cursor<Row extends Numbered> {
  /** What has become visible since the last call; at most `limit` of the new ones, so call again while that many come. */
  next(): Promise<readonly Row[]>
  /** Every row up to this id was given, or will never be there. */
  position(): number
}

/** Options of {@link createCursor}. */
export interface CursorOptions {
  /** Rows above this id are given. */
  readonly afterId: number
  /** A missing id is waited for so long: a transaction that takes longer is not seen. @default 10000 */
  readonly patienceMs?: number
  /** @default 5000 */
  readonly limit?: number
  /** A steady clock in milliseconds. @default performance.now */
  readonly now?: () => number
}

/** So many missing ids are waited for, the latest; more are the steps of a cluster that counts in tens, or a table filled by hand. */
const MAX_MISSING = 2000

/**
 * Builds a cursor. Ids are given when a transaction writes, and become visible when it commits: a later one may be there first. So
 * ids that were left out are asked for again until they are there, or their time is over.
 */
export function createCursor<Row extends Numbered>(rows: RowsById<Row>, options: CursorOptions): Cursor<Row> {
  const { patienceMs = 10_000, limit = 5000, now = () => performance.now() } = options
  let highest = options.afterId
  /** When each was missed first, in the order of the ids. */
  const missing = new Map<number, number>()

  return {
    async next() {
      // Both see what was committed when they began: what the first does not find yet and the second passes is asked for next time.
      const late = missing.size === 0 ? [] : await rows.among([...missing.keys()])
      const fresh = await rows.after(highest, limit)
      for (const { id } of late) missing.delete(id)
      const at = now()
      for (const { id } of fresh) {
        for (let left = Math.max(highest + 1, id - MAX_MISSING); left < id; left += 1) missing.set(left, at)
        highest = id
      }
      let over = missing.size - MAX_MISSING
      for (const [id, since] of missing) {
        if (over <= 0 && at - since < patienceMs) break
        missing.delete(id)
        over -= 1
      }
      return [...late, ...fresh]
    },
    position() {
      const [first] = missing.keys()
      return first === undefined ? highest : first - 1
    },
  }
}
