import type { Socket } from 'node:net'

/** How long a server may be silent, and when it may be silent longer. */
export interface SilenceLimit {
  /** Ends the connection, and with an error all that waits on it, once nothing moved on it for so long. */
  watch(connection: WatchedConnection): void
  /** Changing a large table takes as long as it takes: nothing is ended meanwhile. */
  suspend<T>(work: () => Promise<T>): Promise<T>
}

/** mysql2's connection, as far as it is used here. */
export interface WatchedConnection {
  readonly stream: Socket
}

/**
 * Without it a server that hangs, or a network that lost the connection without a word, holds a query and its connection until the system
 * gives up on the socket: a quarter of an hour, or never. A connection at rest is never hit: the pool closes it sooner.
 */
export function createSilenceLimit(limitMs: number): SilenceLimit {
  let suspensions = 0
  return {
    watch({ stream }) {
      stream.setTimeout(limitMs)
      stream.on('timeout', () => {
        if (suspensions > 0) stream.setTimeout(limitMs)
        else stream.destroy(new SilentServerError(limitMs))
      })
    },
    async suspend(work) {
      suspensions += 1
      try {
        return await work()
      } finally {
        suspensions -= 1
      }
    },
  }
}

class SilentServerError extends Error {
  readonly code = 'ETIMEDOUT'
  constructor(limitMs: number) {
    super(`the database was silent for ${limitMs / 1_000} s`)
  }
}
