import type { ConfigurationRejection, TryLater, UnknownOutcome } from './send-result.ts'

/** A server's advice is honoured, but a mistaken header must not delay until the next day. */
const LONGEST_ADVICE_MS = 3_600_000
const WRONG_ADDRESS: ReadonlySet<number> = new Set([0, 404, 405, 410])

/**
 * The outcome for a status other than 2xx; `null` for 2xx, where the text of the response decides.
 *
 * @param status 0 is what browsers report for a redirect that was not followed
 * @param text the response body, with secrets redacted
 */
export function judgeStatus(
  status: number,
  retryAfter: string | null,
  text: string,
): ConfigurationRejection | TryLater | UnknownOutcome | null {
  if (status >= 200 && status < 300) return null
  const detail = `HTTP ${status}`
  // A service responds "See other" after it has done its work.
  if (status === 303) return { outcome: 'unknown', reason: 'unrecognised-answer', detail }
  // A gateway stopped waiting; the service behind it may have accepted the message.
  if (status === 504) return { outcome: 'unknown', reason: 'gateway-timeout', detail }
  if (status >= 500) return tryLater('server-error', retryAfter, detail)
  if (status === 429) return tryLater('too-many-requests', retryAfter, detail)
  // The server gave up waiting for our request, so it never received all of it.
  if (status === 408) return tryLater('server-error', retryAfter, detail)
  if (status === 401) return configuration('login-wrong', status, text)
  // A firewall, a blocked address or a thing of another account yields 403 too: it must not send the operator to check
  // the credentials.
  if (status === 403 && saysLogin(text)) return configuration('login-wrong', status, text)
  if (WRONG_ADDRESS.has(status) || (status >= 300 && status < 400)) return configuration('wrong-address', status, text)
  if (status >= 400) return configuration('request-refused', status, text)
  return { outcome: 'unknown', reason: 'unrecognised-answer', detail }
}

/** `Retry-After` in milliseconds from now: given in seconds or as an HTTP date; `null` if absent or invalid. */
export function parseRetryAfter(header: string | null, now: number = Date.now()): number | null {
  if (header === null) return null
  const text = header.trim()
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  if (Number.isNaN(waitMs)) return null
  return Math.min(Math.max(0, waitMs), LONGEST_ADVICE_MS)
}

function saysLogin(text: string): boolean {
  return !text.trimStart().startsWith('<') && /\b(?:log-?in|log in|credentials?|password|token)\b/i.test(text)
}

function tryLater(reason: TryLater['reason'], retryAfter: string | null, detail: string): TryLater {
  return { outcome: 'try-later', reason, retryAfterMs: parseRetryAfter(retryAfter), detail }
}

function configuration(reason: ConfigurationRejection['reason'], code: number, text: string): ConfigurationRejection {
  return { outcome: 'rejected', fault: 'configuration', reason, code, text: text === '' ? `HTTP ${code}` : text }
}
