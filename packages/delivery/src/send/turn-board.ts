/** A delivery that waits briefly in this process for its turn before its workflow does. */
export interface TurnWait {
  readonly outboundId: number
  readonly targetKey: string
  readonly sourceDeviceId: number | null
  readonly timeoutMs: number
}

/**
 * Passes turns on within a process, so that neighbours in a queue need neither a signal nor a second workflow task.
 * Only a shortcut: the database decides whose turn it is.
 */
export interface TurnBoard {
  /** Resolves when the turn may have come, or after the time limit; at once if the board is full. */
  wait(wait: TurnWait): Promise<void>
  /** Wakes the delivery with this id. @returns whether it waited here */
  wake(outboundId: number): boolean
  /** Wakes the deliveries of these devices, whose messages were acted on. */
  wakeDevices(deviceIds: ReadonlySet<number>): void
  readonly size: number
}

/** @param capacity maximum number of waiters, each of which occupies a worker slot */
export function createTurnBoard(capacity: number): TurnBoard {
  const waiting = new Map<number, TurnWait & { readonly done: () => void }>()
  return {
    wait(wait) {
      if (waiting.size >= capacity || wait.timeoutMs <= 0 || waiting.has(wait.outboundId)) return Promise.resolve()
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          waiting.delete(wait.outboundId)
          resolve()
        }
        const timer = setTimeout(done, wait.timeoutMs)
        waiting.set(wait.outboundId, { ...wait, done })
      })
    },
    wake(outboundId) {
      const entry = waiting.get(outboundId)
      entry?.done()
      return entry !== undefined
    },
    wakeDevices(deviceIds) {
      for (const entry of [...waiting.values()]) {
        if (entry.sourceDeviceId !== null && deviceIds.has(entry.sourceDeviceId)) entry.done()
      }
    },
    get size() {
      return waiting.size
    },
  }
}
