/** More callers wait at a gate than it is willing to keep. */
export class GateFullError extends Error {
  override readonly name = 'GateFullError'
}

/** Lets only so many pieces of work run at once; the others wait in order. */
export interface Gate {
  /** @throws GateFullError when the queue is full */
  run<T>(work: () => Promise<T>): Promise<T>
}

/** Builds a gate. */
export function createGate(options: { readonly concurrency: number; readonly maxWaiting: number }): Gate {
  const waiting: (() => void)[] = []
  let running = 0
  return {
    async run(work) {
      if (running >= options.concurrency) {
        if (waiting.length >= options.maxWaiting) throw new GateFullError('Too many callers are waiting.')
        // The place of whoever finishes is handed on, so `running` does not change here.
        await new Promise<void>((resolve) => waiting.push(resolve))
      } else {
        running += 1
      }
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next === undefined) running -= 1
        else next()
      }
    },
  }
}
