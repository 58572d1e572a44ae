import { encodeHex } from '../receive/binary-text.ts'
import { isImei } from '../receive/field-reader.ts'
import { checkData } from './check-data.ts'
import { credentialsByResult, type CredentialCheck } from './credential-check.ts'
import { exchange } from './exchange.ts'
import { judgeStatus } from './http-status.ts'
import { MT_MAX_BYTES } from './limits.ts'
import { parseMtAnswer } from './mt-answer.ts'
import { showable } from './secret-text.ts'
import type { SendResult } from './send-result.ts'
import { checkBaseAddress, checkSecret, checkTimeout } from './service-address.ts'

/** Where to send, and the credentials. */
export interface RockBlockClientOptions {
  /** The portal's user name. */
  readonly username: string
  /** The portal's password. It leaves the machine only in the body of a request. */
  readonly password: string
  /**
   * Base URL of the service; `/rockblock/MT` is appended.
   * @default 'https://rockblock.rock7.com'
   */
  readonly url?: string
  /**
   * Sends the requests.
   * @default the global `fetch`
   */
  readonly fetch?: typeof fetch
  /**
   * How long to wait for the complete response. After that the outcome is `unknown`, so be generous.
   * @default 30000
   */
  readonly timeoutMs?: number
}

/** One mobile-terminated message. */
export interface MtMessage {
  /** The modem, 15 digits. */
  readonly imei: string
  /** 1..270 bytes. */
  readonly data: Uint8Array
  /**
   * Clear the modem's queue first.
   * @default false
   */
  readonly flush?: boolean
  /** Stops waiting. If the request is in flight, the outcome is `unknown`. */
  readonly signal?: AbortSignal
}

/** Fifteen zeros belong to no modem. */
const PLACEHOLDER_IMEI = '000000000000000'

/**
 * Sends messages to RockBLOCK modems (9602/9603).
 *
 * It never retries a request automatically: see `mayRepeat`.
 */
export class RockBlockClient {
  readonly #username: string
  readonly #password: string
  readonly #url: string
  readonly #fetch: typeof fetch
  readonly #timeoutMs: number

  /**
   * Creates a client, without contacting the service.
   * @throws {TypeError} if an option is missing or invalid; the text names the option and never its value
   */
  constructor(options: RockBlockClientOptions) {
    this.#username = checkSecret('username', options.username)
    this.#password = checkSecret('password', options.password)
    const base = checkBaseAddress('url', options.url ?? 'https://rockblock.rock7.com')
    this.#url = base.endsWith('/rockblock/MT') ? base : `${base}/rockblock/MT`
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init))
    this.#timeoutMs = checkTimeout(options.timeoutMs ?? 30_000)
  }

  /** Sends one message to the vendor. Resolves even if the vendor or the network fails. */
  async sendMt(message: MtMessage): Promise<SendResult> {
    const { imei, data, flush = false, signal } = message
    const refusal = checkData(data, MT_MAX_BYTES)
    if (refusal !== null) return refusal
    if (!isImei(imei)) {
      const text = 'an IMEI has 15 digits; not sent'
      return { outcome: 'rejected', fault: 'configuration', reason: 'unknown-imei', code: 11, text }
    }
    return this.#post({ imei, data: encodeHex(data), ...(flush ? { flush: 'yes' } : {}) }, signal)
  }

  /**
   * Checks the credentials without sending or paying anything: a message without data to a modem that does not exist is
   * refused with code 16 if the credentials are right, and with 10 if they are wrong.
   */
  async checkCredentials(options: { readonly signal?: AbortSignal } = {}): Promise<CredentialCheck> {
    return credentialsByResult(await this.#post({ imei: PLACEHOLDER_IMEI, data: '' }, options.signal))
  }

  async #post(fields: Readonly<Record<string, string>>, signal: AbortSignal | undefined): Promise<SendResult> {
    const form = { ...fields, username: this.#username, password: this.#password }
    const answer = await exchange({ url: this.#url, form, signal }, { fetch: this.#fetch, timeoutMs: this.#timeoutMs })
    if (!answer.answered) return answer.result
    const result = judgeStatus(answer.status, answer.retryAfter, answer.text) ?? parseMtAnswer(answer.text)
    return showable(result, [this.#password, this.#username])
  }
}
