import { checkAdmission, hasSecret, type AdmissionOptions } from './admission.ts'
import { duplicateKey } from './duplicate-key.ts'
import type { MoMessage, ParseFailure, WebhookFormat } from './message.ts'
import { parseWebhook } from './parse-webhook.ts'
import { verifyWebhook } from './verify-webhook.ts'

/** Details of a delivered message. */
export interface DeliveryInfo {
  /** See `duplicateKey`: store the message under this unique key, and the vendor's retries change nothing. */
  readonly key: string
  /** What admitted it. */
  readonly admittedBy: Admission
  /** The body, byte for byte. */
  readonly body: Uint8Array
  /** The header as received. */
  readonly contentType: string | null
}

/** Details of a body that is not a message. */
export type FailureInfo = Omit<DeliveryInfo, 'key'>

/** What admitted a delivery. */
export type Admission = 'secret' | 'token' | 'anyone'

/** Who may deliver, and how deliveries are handled. */
export interface WebhookOptions extends AdmissionOptions {
  /**
   * Called for each admitted message. Resolve when it is *durable*: the vendor then gets 200 and forgets it. Reject,
   * and the vendor gets 503 and retries. It waits 3 seconds. Resolve with `'duplicate'` if you already had it.
   */
  readonly onMessage: (message: MoMessage, info: DeliveryInfo) => void | 'duplicate' | Promise<void | 'duplicate'>
  /**
   * Called for each admitted body that is not a message: keep it for a user to inspect. The response is 200 anyway,
   * because a refusal only brings the same body fourteen times.
   */
  readonly onUnreadable: (failure: ParseFailure, info: FailureInfo) => void | Promise<void>
  /**
   * Called with errors of `onMessage` and `onUnreadable`. Its own errors are ignored: the vendor has to get a 503
   * anyway.
   * @default not called
   */
  readonly onError?: (error: unknown) => void
  /**
   * The format expected at this URL: the fallback for bodies whose fields do not identify it.
   * @default 'rockblock'
   */
  readonly format?: WebhookFormat
  /** Longer bodies are refused with 413, unread. @default 65536 */
  readonly maxBytes?: number
}

/** A request, independent of the server it came through. */
export interface Delivery {
  readonly method: string
  /** Path and query, or the complete URL. */
  readonly url: string
  readonly contentType: string | null
  readonly contentLength: string | null
  /** Reads the body; `null` if it is longer than `maxBytes`. */
  readonly readBody: (maxBytes: number) => Promise<Uint8Array | null>
}

/** A response, likewise. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Takes one delivery through admission, parsing, the caller's storage and the response. Never throws. */
export type Receiver = (delivery: Delivery) => Promise<Answer>

const DEFAULT_MAX_BYTES = 65_536
const RETRY_AFTER_SECONDS = '30'

/** The core of every adapter. @throws {TypeError} if the options admit nobody */
export function createReceiver(options: WebhookOptions): Receiver {
  const secrets = checkAdmission(options)
  const { maxBytes = DEFAULT_MAX_BYTES, onError = () => undefined } = options
  return async (delivery) => {
    if (delivery.method !== 'POST') return answer(405, 'method-not-allowed', { allow: 'POST' })
    if (Number(delivery.contentLength ?? 0) > maxBytes) return answer(413, 'too-large')
    try {
      const body = await delivery.readBody(maxBytes)
      if (body === null) return answer(413, 'too-large')
      return await judge(delivery, body, options, secrets)
    } catch (error) {
      tell(onError, error)
      return answer(503, 'not-stored', { 'retry-after': RETRY_AFTER_SECONDS })
    }
  }
}

/** Lets no exception or rejection (of an `async` handler) escape; the response does not wait for it. */
function tell(onError: (error: unknown) => unknown, error: unknown): void {
  const told = async (): Promise<unknown> => onError(error)
  told().catch(() => undefined)
}

async function judge(
  delivery: Delivery,
  body: Uint8Array,
  options: WebhookOptions,
  secrets: readonly string[],
): Promise<Answer> {
  const { contentType } = delivery
  const format = options.format === undefined ? {} : { format: options.format }
  const parsed = parseWebhook(body, contentType, { ...format, receivedAt: new Date() })
  let admittedBy: Admission | null = hasSecret(delivery.url, secrets) ? 'secret' : null
  if (admittedBy === null && parsed.ok && (await hasToken(parsed.message, options))) admittedBy = 'token'
  if (admittedBy === null && options.anyone === true) admittedBy = 'anyone'
  if (admittedBy === null) return answer(401, 'not-admitted')

  const info = { admittedBy, body, contentType }
  if (!parsed.ok) {
    await options.onUnreadable(parsed, info)
    return answer(200, 'accepted')
  }
  const key = await duplicateKey(parsed.message)
  const outcome = await options.onMessage(parsed.message, { key, ...info })
  return answer(200, outcome ?? 'accepted')
}

async function hasToken(message: MoMessage, { token = false }: WebhookOptions): Promise<boolean> {
  if (token === false || message.jwt === null) return false
  return (await verifyWebhook(message, token === true ? {} : { publicKey: token })).verified
}

function answer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = JSON.stringify({ status: text })
  return { status, headers: { 'content-type': 'application/json', ...headers }, body }
}

/** Collects chunks up to a limit; `null` beyond it. */
export async function collect(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > maxBytes) return null
    parts.push(chunk)
  }
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const body = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    body.set(part, offset)
    offset += part.length
  }
  return body
}
