import { WriteQueueError } from './errors.ts'

/** One at a time, in the order of asking. */
export interface WriteQueue {
  run<T>(work: () => Promise<T>): Promise<T>
}

/**
 * SQLite has one writer: the ones of this process wait for each other here, in order and without polling, instead of at the file's lock.
 *
 * @param maxWaitMs longest wait for one's turn; a transaction opened inside another one of the same queue would wait for ever.
 */
export function createWriteQueue(maxWaitMs = 60_000): WriteQueue {
  let last: Promise<unknown> = Promise.resolve()
  return {
    async run<T>(work: () => Promise<T>): Promise<T> {
      const before = last
      let finish = (): void => {}
      last = new Promise<void>((resolve) => (finish = resolve))
      try {
        await waitFor(before, maxWaitMs)
      } catch (error) {
        // The ones behind still wait for the one in front, not for us.
        void before.then(finish)
        throw error
      }
      try {
        return await work()
      } finally {
        finish()
      }
    },
  }
}

async function waitFor(before: Promise<unknown>, maxWaitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(
        new WriteQueueError(`waited ${maxWaitMs} ms for the database's writer: is one write opened inside another?`),
      )
    }, maxWaitMs)
  })
  try {
    await Promise.race([before, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
