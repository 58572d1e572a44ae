import { WriteQueueError } from './errors.ts'

/** Serialises work in FIFO order; urgent work goes first. */
export interface WriteQueue {
  /** @throws the reason of `signal`, if it aborts before the turn */
  run<T>(
    work: () => Promise<T>,
    options?: { readonly isUrgent?: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<T>
}

/** After this many urgent items in a row, a normal one gets its turn, so that it cannot starve. */
const URGENT_IN_A_ROW = 3

/**
 * SQLite has one writer: this process's writers queue here, in order and without polling, instead of at the file's
 * lock. Incoming messages are urgent: their sender waits for a response.
 *
 * @param maxWaitMs longest wait for a turn; a transaction opened inside another one of the same queue would otherwise
 * wait for ever
 */
export function createWriteQueue(maxWaitMs = 60_000): WriteQueue {
  const waiting = { urgent: new Set<() => void>(), other: new Set<() => void>() }
  let isTaken = false
  let urgentInARow = 0

  function passOn(): void {
    const isOthersTurn = waiting.other.size > 0 && (waiting.urgent.size === 0 || urgentInARow >= URGENT_IN_A_ROW)
    const queue = isOthersTurn ? waiting.other : waiting.urgent
    for (const begin of queue) {
      urgentInARow = isOthersTurn ? 0 : urgentInARow + 1
      queue.delete(begin)
      begin()
      return
    }
    isTaken = false
  }

  function takeTurn(queue: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', withdraw)
        queue.delete(begin)
        settle()
      }
      const begin = (): void => end(resolve)
      const withdraw = (): void => end(() => reject(signal?.reason))
      const timer = setTimeout(() => {
        const text = `waited ${maxWaitMs} ms for the database's writer: is one write opened inside another?`
        end(() => reject(new WriteQueueError(text)))
      }, maxWaitMs)
      signal?.addEventListener('abort', withdraw)
      queue.add(begin)
    })
  }

  return {
    async run(work, { isUrgent = false, signal } = {}) {
      signal?.throwIfAborted()
      if (isTaken) await takeTurn(isUrgent ? waiting.urgent : waiting.other, signal)
      isTaken = true
      try {
        return await work()
      } finally {
        passOn()
      }
    },
  }
}
