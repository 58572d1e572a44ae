import type { Database, Transaction } from '@paikea/database'

/** Upper bound on items per transaction: other writers wait for it. */
const MOST_AT_ONCE = 50

/**
 * Batches queued items into one transaction, and those arriving meanwhile into the next: with a whole fleet asking at
 * once, each device would otherwise wait for every other one's transaction. A failing item fails alone.
 */
export function createTogether<Item, Result>(
  db: Database,
  work: (item: Item, tx: Transaction) => Promise<Result>,
): (item: Item) => Promise<Result> {
  let waiting: { readonly item: Item; readonly settle: (result: Promise<Result>) => void }[] = []
  let isRunning = false

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const some = waiting.slice(0, MOST_AT_ONCE)
      waiting = waiting.slice(MOST_AT_ONCE)
      try {
        const results = await db.write(async (tx) => {
          const done: { readonly result: Result }[] = []
          for (const { item } of some) done.push({ result: await work(item, tx) })
          return done
        })
        some.forEach(({ item, settle }, index) => {
          const done = results[index]
          settle(done === undefined ? db.write((tx) => work(item, tx)) : Promise.resolve(done.result))
        })
      } catch (error) {
        if (some.length === 1) some[0]?.settle(Promise.reject(error))
        else for (const { item, settle } of some) settle(db.write((tx) => work(item, tx)))
      }
    }
    isRunning = false
  }

  return (item) =>
    new Promise((resolve) => {
      waiting.push({ item, settle: resolve })
      if (isRunning) return
      isRunning = true
      void run()
    })
}
