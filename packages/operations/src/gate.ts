/** Too many callers wait at a gate. */
export class GateFullError extends Error {
  override readonly name = 'GateFullError'
}

/** Limits concurrent work; further callers queue in order. */
export interface Gate {
  /**
   * @param signal aborting gives up the place in the queue; running work continues
   * @throws GateFullError if the queue is full
   * @throws the signal's reason
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

/** Creates a gate. */
export function createGate(options: { readonly concurrency: number; readonly maxWaiting: number }): Gate {
  const waiting = new Set<() => void>()
  let running = 0

  function wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        waiting.delete(enter)
        reject(reasonOf(signal))
      }
      waiting.add(enter)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  return {
    async run(work, signal) {
      if (signal?.aborted === true) throw reasonOf(signal)
      if (running >= options.concurrency) {
        if (waiting.size >= options.maxWaiting) throw new GateFullError('Too many callers are waiting.')
        // A finishing caller hands its place on, so `running` does not change here.
        await wait(signal)
      } else {
        running += 1
      }
      try {
        return await work()
      } finally {
        const [next] = waiting
        if (next === undefined) running -= 1
        else {
          waiting.delete(next)
          next()
        }
      }
    },
  }
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new Error('Nobody is waiting for this any more.')
}
