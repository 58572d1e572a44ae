import type { SendOutcome } from '../../send/outcome.ts'
import { retryAfterMs } from '../program/retry-after.ts'
import type { PostAnswer } from './post.ts'

/** Temporary refusals: too slow, in conflict, locked, too early, too many. */
const MAY_PASS: ReadonlySet<number> = new Set([408, 409, 423, 425, 429])
/** The receiver would refuse this body every time: this delivery ends, and the next gets its turn. */
const REFUSES_BODY: ReadonlySet<number> = new Set([400, 406, 411, 413, 414, 415, 422, 431])

/**
 * What an answer means for a delivery. Any 2xx is success. 410 means that the receiver is gone for good. Any other 4xx
 * concerns either the body or our side (address, credentials), and the status says which; everything else is temporary.
 */
export function judgeAnswer({ status, retryAfter, text }: PostAnswer): SendOutcome {
  const answer = { status, answer: text }
  if (status >= 200 && status < 300) return { outcome: 'sent', id: null, ...answer }
  if (status === 410)
    return { outcome: 'rejected', fault: 'configuration', reason: 'receiver-gone', code: status, text, ...answer }
  if (REFUSES_BODY.has(status)) {
    return { outcome: 'rejected', fault: 'message', reason: `refused-${status}`, code: status, text, ...answer }
  }
  if (status >= 400 && status < 500 && !MAY_PASS.has(status)) {
    return { outcome: 'rejected', fault: 'configuration', reason: `http-${status}`, code: status, text, ...answer }
  }
  const reason = status >= 300 && status < 400 ? 'redirected' : status === 429 ? 'too-many-requests' : `http-${status}`
  return { outcome: 'try-later', reason, retryAfterMs: retryAfterMs(retryAfter, new Date()), ...answer }
}
