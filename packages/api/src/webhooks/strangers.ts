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
/** Refused deliveries of one address in a minute; a vendor that was given a wrong secret sends fewer. */
const MAX_REFUSED = 600
const MINUTE_MS = 60_000
/** Beyond it the count begins anew: a bound on memory, not an account. */
const MAX_ADDRESSES = 10_000

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
  /** Whether so much of an address was refused that it is not listened to for a while. @throws ApiError 429 */
  check(address: string | null): void
  /** Notes that a delivery was not let in. */
  refused(address: string | null): void
}

/** Builds it. */
export function createStrangers(
  maxWaiting = MAX_WAITING,
  maxWaitingOfOne = MAX_WAITING_OF_ONE,
  { maxRefused = MAX_REFUSED, nowMs = Date.now }: { readonly maxRefused?: number; readonly nowMs?: () => number } = {},
): Strangers {
  const refusedOf = new Map<string, number>()
  let minuteEndsMs = 0
  const turn = (): void => {
    if (nowMs() < minuteEndsMs && refusedOf.size < MAX_ADDRESSES) return
    refusedOf.clear()
    minuteEndsMs = nowMs() + MINUTE_MS
  }
  const waitingOf = new Map<string, number>()
  let waiting = 0
  return {
    isHopeless({ headers }) {
      const declared = headers['content-length']
      return declared === undefined
        ? headers['transfer-encoding'] === undefined
        : Number(declared) < SHORTEST_TOKEN_BYTES
    },
    check(address) {
      turn()
      if ((refusedOf.get(address ?? 'unknown') ?? 0) < maxRefused) return
      const seconds = Math.max(1, Math.ceil((minuteEndsMs - nowMs()) / 1000))
      throw new ApiError(429, 'too-many-requests', `Too many refused deliveries. Try again in ${String(seconds)} s.`, {
        headers: { 'Retry-After': String(seconds) },
      })
    },
    refused(address) {
      turn()
      const key = address ?? 'unknown'
      refusedOf.set(key, (refusedOf.get(key) ?? 0) + 1)
    },
    enter(address) {
      const key = address ?? 'unknown'
      const own = waitingOf.get(key) ?? 0
      if (waiting >= maxWaiting || own >= maxWaitingOfOne) {
        throw new ApiError(503, 'busy', 'Too many deliveries without the right secret are in progress.', {
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
