import type { IncomingMessage } from 'node:http'
import { ApiError } from '../http/api-error.ts'

/**
 * The vendor's token is signed with RS256: the signature alone is 342 characters. A declared body shorter than this
 * contains no token.
 */
const SHORTEST_TOKEN_BYTES = 400
/** Concurrent deliveries without a correct secret: in all, and per address. */
const MAX_WAITING = 200
const MAX_WAITING_OF_ONE = 20
/** Refused deliveries per address and minute; a vendor configured with a wrong secret sends fewer. */
const MAX_REFUSED = 600
const MINUTE_MS = 60_000
/** Beyond this the count starts afresh: it bounds memory and need not be exact. */
const MAX_ADDRESSES = 10_000

/**
 * Throttles deliveries without a correct secret. Only a token in the body can admit them, so the body has to be read:
 * for a few at a time, however many connect.
 */
export interface Strangers {
  /** Whether the request's head alone proves that nothing can admit it. */
  isHopeless(req: Pick<IncomingMessage, 'headers'>): boolean
  /**
   * Takes a place while the body is read; call the returned function once it is.
   *
   * @throws ApiError 503 if all places are taken
   */
  enter(address: string | null): () => void
  /** Refuses an address with too many refused deliveries, for a while. @throws ApiError 429 */
  check(address: string | null): void
  /** Records a refused delivery. */
  refused(address: string | null): void
}

/** Creates the throttle. */
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
