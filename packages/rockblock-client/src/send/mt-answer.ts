/**
 * The answer of `POST /rockblock/MT`, plain text in a 200:
 *
 * ```
 * OK,<mtId>
 * FAILED,<code>,<text>
 * ```
 *
 * | code | meaning | whose problem |
 * | --- | --- | --- |
 * | 10 | login wrong | operator: credentials |
 * | 11 | IMEI not on this account | operator: configuration |
 * | 12 | no line rental for this modem | operator: account |
 * | 13 | out of credit | operator: account |
 * | 14 | data is not hex | our bug |
 * | 15 | data too long | our bug |
 * | 16 | no data | our bug |
 * | 99 | system error | retry later |
 *
 * The text is for people and changes: nothing here looks at it.
 */
import type { ConfigurationReason, MessageRejection, SendResult } from './send-result.ts'

const CONFIGURATION: Readonly<Record<number, ConfigurationReason>> = {
  10: 'login-wrong',
  11: 'unknown-imei',
  12: 'no-line-rental',
  13: 'no-credit',
}
const MESSAGE: Readonly<Record<number, MessageRejection['reason']>> = { 14: 'not-hex', 15: 'too-long', 16: 'empty' }
const SYSTEM_ERROR = 99

/** Parses the response text. Anything in neither form is `unknown`: a proxy's page says nothing about the message. */
export function parseMtAnswer(text: string): SendResult {
  const answer = text.trim()
  const sent = /^OK,\s*([\w-]{1,64})$/.exec(answer)
  if (sent !== null) return { outcome: 'sent', id: sent[1] ?? '' }

  const failed = /^FAILED(?:,\s*(\d{1,4})\s*)?(?:,([\s\S]*))?$/.exec(answer)
  if (failed === null) return { outcome: 'unknown', reason: 'unrecognised-answer', detail: 'HTTP 200' }
  const code = Number(failed[1] ?? NaN)
  const explanation = (failed[2] ?? '').trim()
  const configuration = CONFIGURATION[code]
  if (configuration !== undefined) {
    return { outcome: 'rejected', fault: 'configuration', reason: configuration, code, text: explanation }
  }
  const message = MESSAGE[code]
  if (message !== undefined) return { outcome: 'rejected', fault: 'message', reason: message, code, text: explanation }
  // FAILED with any other code means not accepted either: trying again costs nothing.
  const reason = code === SYSTEM_ERROR ? 'system-error' : 'unknown-code'
  return { outcome: 'try-later', reason, retryAfterMs: null, detail: `code ${Number.isNaN(code) ? 'missing' : code}` }
}

/** The rejection of a message that the vendor would refuse, found before sending. */
export function rejectedHere(reason: MessageRejection['reason'], text: string): MessageRejection {
  const code = { 'not-hex': 14, 'too-long': 15, empty: 16 }[reason]
  return { outcome: 'rejected', fault: 'message', reason, code, text }
}
