/**
 * Groups calls: while one group is being processed, the next gathers, without a timer. One transaction then serves all
 * activities that arrived meanwhile, and the first never waits. If a group fails, its items are tried one by one, so
 * that a bad item fails alone; if `isForAll` says that the failure concerns all (the database is away), all fail at
 * once.
 */
export function createGroup<Item, Result>(options: {
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>
  readonly maxSize: number
  readonly isForAll: (error: unknown) => boolean
}): (item: Item) => Promise<Result> {
  interface Waiting {
    readonly item: Item
    readonly resolve: (result: Result) => void
    readonly reject: (error: unknown) => void
  }
  const waiting: Waiting[] = []
  let isRunning = false

  async function drain(): Promise<void> {
    isRunning = true
    try {
      while (waiting.length > 0) await runGroup(waiting.splice(0, options.maxSize))
    } finally {
      isRunning = false
    }
  }

  async function runGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await options.run(group.map((entry) => entry.item))
      group.forEach((entry, index) => {
        // `run` returns one result per item, in the same order.
        entry.resolve(results[index] as Result)
      })
    } catch (error) {
      if (group.length === 1 || options.isForAll(error)) for (const entry of group) entry.reject(error)
      else for (const entry of group) await runGroup([entry])
    }
  }

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      // Errors reach the callers; drain() itself never fails.
      if (!isRunning) void drain()
    })
}
