/** A delivery of this process that waits a moment for its turn before it lets its workflow wait. */
export interface TurnWait {
  readonly outboundId: number
  readonly targetKey: string
  readonly sourceDeviceId: number | null
  readonly timeoutMs: number
}

/**
 * Passes turns on within one process, so that neighbours in a queue need no signal and no second workflow task. Only a
 * short cut: whose turn it is, the database says each time.
 */
export interface TurnBoard {
  /** Resolves when something happened that may have given the turn, or after the time; at once when the board is full. */
  wait(wait: TurnWait): Promise<void>
  /** The delivery of this id should look again. Answers whether it waited here. */
  wake(outboundId: number): boolean
  /** Messages of these devices were acted on: their deliveries should look again. */
  wakeDevices(deviceIds: ReadonlySet<number>): void
  readonly size: number
}

/** @param capacity upper bound on waiters, each of which occupies a worker slot */
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
