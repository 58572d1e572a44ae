/** A row with an increasing id. */
export interface Numbered {
  readonly id: number
}

/** Reads rows of a table in the order of their ids. */
export interface RowsById<Row extends Numbered> {
  after(afterId: number, limit: number): Promise<readonly Row[]>
  /** The rows among these ids that exist. */
  among(ids: readonly number[]): Promise<readonly Row[]>
}

/** Walks a growing table and yields each row once. */
export interface Cursor<Row extends Numbered> {
  /** Rows that became visible since the last call, at most `limit` new ones: call again while that many arrive. */
  next(): Promise<readonly Row[]>
  /** Every row up to this id was yielded, or will never exist. */
  position(): number
}

/** Options of {@link createCursor}. */
export interface CursorOptions {
  /** Only rows above this id are yielded. */
  readonly afterId: number
  /** How long to wait for a missing id: a transaction that takes longer goes unseen. @default 10000 */
  readonly patienceMs?: number
  /** @default 5000 */
  readonly limit?: number
  /** A steady clock in milliseconds. @default performance.now */
  readonly now?: () => number
}

/**
 * At most this many missing ids are tracked, the latest; more mean a cluster that counts in steps of ten, or a table
 * filled by hand.
 */
const MAX_MISSING = 2000

/**
 * Creates a cursor. Ids are assigned when a transaction writes but become visible when it commits, so a higher id may
 * appear first. Skipped ids are therefore queried again until they appear or time out.
 */
export function createCursor<Row extends Numbered>(rows: RowsById<Row>, options: CursorOptions): Cursor<Row> {
  const { patienceMs = 10_000, limit = 5000, now = () => performance.now() } = options
  let highest = options.afterId
  /** When each id was first missed, in id order. */
  const missing = new Map<number, number>()

  return {
    async next() {
      // Both queries see what was committed when they began: an id that the first misses and the second passes is
      // retried next time.
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
