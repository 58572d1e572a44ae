import { inTime, TooLate } from '@paikea/database'

/** Options of `createGroupCommit`. */
export interface GroupCommitOptions<Item, Outcome> {
  /** Writes a batch and answers one outcome per item, in order. */
  readonly write: (items: readonly Item[]) => Promise<readonly Outcome[]>
  readonly maxBatch: number
  readonly maxBatchBytes: number
  readonly bytesOf: (item: Item) => number
  /**
   * The key within which order must be kept: while an item with this key is being written, the next one waits. `null`:
   * unordered.
   */
  readonly orderKeyOf: (item: Item) => string | null
  /** Concurrent batches. */
  readonly maxInFlight: number
  /** With this many items waiting, a second batch starts beside the first; fewer had better wait and go together. */
  readonly overlapFrom: number
  /** A write that takes longer counts as hung: its items are given up and the next batch does not wait for it. */
  readonly writeTimeoutMs: number
  /** Creates the error for abandoned items. */
  readonly giveUp: (cause: unknown) => Error
  /** Called if a batch failed or timed out. */
  readonly onFailure: (cause: unknown) => void
  /** Called if a batch that was given up has been written after all. */
  readonly onLateOutcomes: (outcomes: readonly Outcome[]) => void
}

export interface GroupCommit<Item, Outcome> {
  submit(item: Item): Promise<Outcome>
  /** Rejects items that wait for a batch. */
  flushQueue(cause: unknown): void
  /** Resolves when nothing is queued or being written. */
  idle(): Promise<void>
  readonly queued: number
  readonly batches: number
  readonly largestBatch: number
}

interface Waiting<Item, Outcome> {
  readonly item: Item
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: Error) => void
}

/**
 * Group commit: while one batch is being written, the next one collects. No timer delays anything: a lone item is
 * written at once, and batches grow with the load.
 */
export function createGroupCommit<Item, Outcome>(
  options: GroupCommitOptions<Item, Outcome>,
): GroupCommit<Item, Outcome> {
  const { maxBatch, maxBatchBytes, bytesOf, orderKeyOf, maxInFlight, overlapFrom } = options
  let queue: Waiting<Item, Outcome>[] = []
  let inFlight = 0
  /** Keys of the items being written. */
  const heldKeys = new Set<string>()
  let batches = 0
  let largestBatch = 0
  let onIdle: (() => void)[] = []

  function takeBatch(): Waiting<Item, Outcome>[] {
    const batch: Waiting<Item, Outcome>[] = []
    const rest: Waiting<Item, Outcome>[] = []
    let bytes = 0
    let isFull = false
    for (const waiting of queue) {
      const key = orderKeyOf(waiting.item)
      if (isFull || (key !== null && heldKeys.has(key))) {
        rest.push(waiting)
        continue
      }
      bytes += bytesOf(waiting.item)
      isFull = batch.length >= maxBatch || (batch.length > 0 && bytes > maxBatchBytes)
      ;(isFull ? rest : batch).push(waiting)
    }
    queue = rest
    return batch
  }

  async function run(): Promise<void> {
    // One turn of the event loop later, so that everything arriving in this turn goes along.
    await nextTurn()
    for (let batch = takeBatch(); batch.length > 0; batch = takeBatch()) {
      const keys = batch.map(({ item }) => orderKeyOf(item)).filter((key) => key !== null)
      for (const key of keys) heldKeys.add(key)
      await writeBatch(batch)
      for (const key of keys) heldKeys.delete(key)
      // Callers just answered may have their next item ready: let them in before the batch is closed.
      await nextTurn()
    }
    inFlight -= 1
    if (inFlight > 0) return
    for (const resolve of onIdle) resolve()
    onIdle = []
  }

  async function writeBatch(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    batches += 1
    largestBatch = Math.max(largestBatch, batch.length)
    const writing = options.write(batch.map(({ item }) => item))
    let outcomes
    try {
      outcomes = await inTime(writing, options.writeTimeoutMs)
    } catch (error) {
      if (error instanceof TooLate) {
        writing.then(
          (late) => options.onLateOutcomes(late),
          () => undefined,
        )
      }
      options.onFailure(error)
      for (const { reject } of batch) reject(options.giveUp(error))
      return
    }
    for (const [index, { resolve, reject }] of batch.entries()) {
      const outcome = outcomes[index]
      if (outcome === undefined) reject(options.giveUp(new Error('no outcome')))
      else resolve(outcome)
    }
  }

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject })
        const isWorthIt = inFlight === 0 || (inFlight < maxInFlight && queue.length >= overlapFrom)
        if (!isWorthIt) return
        inFlight += 1
        void run()
      }),
    flushQueue(cause) {
      const dropped = queue
      queue = []
      for (const { reject } of dropped) reject(options.giveUp(cause))
    },
    idle: () => (inFlight > 0 ? new Promise((resolve) => onIdle.push(resolve)) : Promise.resolve()),
    get queued() {
      return queue.length
    },
    get batches() {
      return batches
    },
    get largestBatch() {
      return largestBatch
    },
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
