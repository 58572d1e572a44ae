import type { Socket } from 'node:net'

/** A limit on a server's silence, which can be suspended. */
export interface SilenceLimit {
  /** Closes the connection, failing everything that waits on it, after this long without traffic. */
  watch(connection: WatchedConnection): void
  /** Suspends the limit: altering a large table takes as long as it takes. */
  suspend<T>(work: () => Promise<T>): Promise<T>
}

/** The parts of mysql2's connection that are used here. */
export interface WatchedConnection {
  readonly stream: Socket
}

/**
 * Without this limit, a hanging server, or a network that silently lost the connection, holds a query and its
 * connection until the system gives up on the socket: a quarter of an hour, or never. Idle connections are not
 * affected: the pool closes them sooner.
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
