import { exchange } from './exchange.ts'
import { judgeStatus } from './http-status.ts'
import { rejectedHere } from './mt-answer.ts'
import { showable } from './secret-text.ts'
import type { SendResult } from './send-result.ts'
import { checkBaseAddress, checkSecret, checkTimeout } from './service-address.ts'

/** Where to send, and the credentials. */
export interface RockStarClientOptions {
  /** The account's user name. */
  readonly username: string
  /** It leaves the machine only in the body of a request. */
  readonly password: string
  /**
   * Base URL of the service; `/API2/SendMessage/<serial>` is appended.
   * @default 'https://core.rock7.com'
   */
  readonly url?: string
  /**
   * Sends the requests.
   * @default the global `fetch`
   */
  readonly fetch?: typeof fetch
  /**
   * How long to wait for the complete response; after that the outcome is `unknown`.
   * @default 30000
   */
  readonly timeoutMs?: number
}

/** One text for a tracker with a screen. */
export interface TextMessage {
  /** The vendor's serial of the device, digits. */
  readonly serial: string
  /** The text that the user reads; not empty. */
  readonly text: string
  /** Stops waiting; if the request is in flight, the outcome is `unknown`. */
  readonly signal?: AbortSignal
}

/** `<SendMessage><receipt messageId="124196" /></SendMessage>` */
const RECEIPT = /<receipt\b[^<>]{0,200}?\bmessageId\s*=\s*["']([\w-]{1,64})["']/

/**
 * Sends texts to RockSTAR and other trackers of the Core service.
 *
 * The id of a `sent` outcome returns in a later push with trigger `ACKNOWLEDGE`, as `messageAck`: then the device has
 * it.
 */
export class RockStarClient {
  readonly #username: string
  readonly #password: string
  readonly #url: string
  readonly #fetch: typeof fetch
  readonly #timeoutMs: number

  /**
   * Creates a client, without contacting the service.
   * @throws {TypeError} if an option is missing or invalid; the text names the option and never its value
   */
  constructor(options: RockStarClientOptions) {
    this.#username = checkSecret('username', options.username)
    this.#password = checkSecret('password', options.password)
    this.#url = checkBaseAddress('url', options.url ?? 'https://core.rock7.com')
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init))
    this.#timeoutMs = checkTimeout(options.timeoutMs ?? 30_000)
  }

  /** Sends one text to the vendor. Resolves even if the vendor or the network fails. */
  async sendMessage(message: TextMessage): Promise<SendResult> {
    if (message.text === '') return rejectedHere('empty', 'no text; not sent')
    if (!/^\d{1,20}$/.test(message.serial)) {
      const text = 'a serial consists of digits; not sent'
      return { outcome: 'rejected', fault: 'configuration', reason: 'unknown-imei', code: 11, text }
    }
    const form = { username: this.#username, password: this.#password, message: message.text }
    const url = `${this.#url}/API2/SendMessage/${message.serial}`
    const options = { fetch: this.#fetch, timeoutMs: this.#timeoutMs }
    const answer = await exchange({ url, form, signal: message.signal }, options)
    if (!answer.answered) return answer.result
    const judged = judgeStatus(answer.status, answer.retryAfter, answer.text)
    if (judged !== null) return showable(judged, [this.#password, this.#username])
    const id = RECEIPT.exec(answer.text)?.[1]
    if (id !== undefined) return { outcome: 'sent', id }
    // The form of a refusal is undocumented: without a receipt nothing is certain.
    return { outcome: 'unknown', reason: 'unrecognised-answer', detail: `HTTP ${answer.status}` }
  }
}
