import type { IncomingMessage } from 'node:http'
import { ApiError } from '../http/api-error.ts'

/**
 * The vendor's token is signed with RS256: the signature alone is 342 characters. A body that says it is shorter than
 * this holds none.
 */
const SHORTEST_TOKEN_BYTES = 400
/** Deliveries without a right secret that may be on their way at once, from all and from one address. */
const MAX_WAITING = 200
const MAX_WAITING_OF_ONE = 20

/**
 * Deliveries that come without a right secret. Only a token in the body can let them in, so the body has to be waited for:
 * by a few at a time, however many connect.
 */
export interface Strangers {
  /** Whether the head alone tells that nothing can let it in. */
  isHopeless(req: Pick<IncomingMessage, 'headers'>): boolean
  /**
   * Takes a place to wait for the body; call what it gives when the body is there.
   *
   * @throws ApiError 503 where all places are taken
   */
  enter(address: string | null): () => void
}

/** Builds it. */
export function createStrangers(maxWaiting = MAX_WAITING, maxWaitingOfOne = MAX_WAITING_OF_ONE): Strangers {
  const waitingOf = new Map<string, number>()
  let waiting = 0
  return {
    isHopeless({ headers }) {
      const declared = headers['content-length']
      return declared === undefined
        ? headers['transfer-encoding'] === undefined
        : Number(declared) < SHORTEST_TOKEN_BYTES
    },
    enter(address) {
      const key = address ?? 'unknown'
      const own = waitingOf.get(key) ?? 0
      if (waiting >= maxWaiting || own >= maxWaitingOfOne) {
        throw new ApiError(503, 'busy', 'Too many deliveries without the right secret are on their way.', {
          headers: { 'Retry-After': '5' },
        })
      }
      waiting += 1
      waitingOf.set(key, own + 1)
      return () => {
        waiting -= 1
        const left = (waitingOf.get(key) ?? 1) - 1
        if (left === 0) waitingOf.delete(key)
        else waitingOf.set(key, left)
      }
    },
  }
}
