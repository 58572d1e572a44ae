/**
 * Cloudloop's API: `POST https://api.cloudloop.com/<Area>/<Action>` with form fields, the account's `token` among them.
 *
 * - `Data/DoSendSbdMessage` { thing, message: hex, ≤ 270 bytes }
 * - `Data/DoSendImtMessage` { thing, message: base64, ≤ 100 kB, topic }
 * - `Data/GetMtDeliveryStatus` { message: id } (IMT only)
 * - `Platform/Ping` checks the token
 *
 * Answers are JSON, with an `id` for a message taken and an `error` for one refused; their exact form is not documented, and
 * what is neither is `unknown`.
 */
import { encodeBase64, encodeHex } from '../receive/binary-text.ts'
import { checkData } from './check-data.ts'
import {
  parseCloudloopAnswer,
  readDeliveryStatus,
  readPingAnswer,
  readSendAnswer,
  type CloudloopAnswer,
  type DeliveryStatus,
} from './cloudloop-answer.ts'
import type { CredentialCheck } from './credential-check.ts'
import { exchange } from './exchange.ts'
import { IMT_MAX_BYTES, MT_MAX_BYTES } from './limits.ts'
import type { SendResult } from './send-result.ts'
import { checkBaseAddress, checkSecret, checkTimeout } from './service-address.ts'

/** Where to send, and the credentials. */
export interface CloudloopClientOptions {
  /** The account's API token. It leaves the machine only in the body of a request. */
  readonly token: string
  /**
   * Base address of the service.
   * @default 'https://api.cloudloop.com'
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

/** A message for a 9602/9603. */
export interface SbdMessage {
  /** Cloudloop's id of the device, not its IMEI. */
  readonly thing: string
  /** 1..270 bytes. */
  readonly data: Uint8Array
  /** Stops waiting; if the request is in flight, the outcome is `unknown`. */
  readonly signal?: AbortSignal
}

/** A message for a 9704. */
export interface ImtMessage {
  /** Cloudloop's id of the device, not its IMEI. */
  readonly thing: string
  /** 1..100,000 bytes. */
  readonly data: Uint8Array
  /** One of the account's topics, such as `IMT_TOPIC_RAW`. */
  readonly topic: string
  /** Stops waiting; if the request is in flight, the outcome is `unknown`. */
  readonly signal?: AbortSignal
}

/** Sends messages through Cloudloop. It never repeats a request automatically: consult `mayRepeat`. */
export class CloudloopClient {
  readonly #token: string
  readonly #url: string
  readonly #fetch: typeof fetch
  readonly #timeoutMs: number

  /**
   * Creates a client, without contacting the service.
   * @throws {TypeError} if an option is missing or invalid; the text names the option and never its value
   */
  constructor(options: CloudloopClientOptions) {
    this.#token = checkSecret('token', options.token)
    this.#url = checkBaseAddress('url', options.url ?? 'https://api.cloudloop.com')
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init))
    this.#timeoutMs = checkTimeout(options.timeoutMs ?? 30_000)
  }

  /** `Data/DoSendSbdMessage` */
  async sendSbd(message: SbdMessage): Promise<SendResult> {
    const { thing, data, signal } = message
    const refusal = checkMessage(thing, data, MT_MAX_BYTES)
    if (refusal !== null) return refusal
    return readSendAnswer(await this.#call('Data/DoSendSbdMessage', { thing, message: encodeHex(data) }, signal))
  }

  /** `Data/DoSendImtMessage` */
  async sendImt(message: ImtMessage): Promise<SendResult> {
    const { thing, data, topic, signal } = message
    const refusal = checkMessage(thing, data, IMT_MAX_BYTES)
    if (refusal !== null) return refusal
    const fields = { thing, message: encodeBase64(data), topic }
    return readSendAnswer(await this.#call('Data/DoSendImtMessage', fields, signal))
  }

  /** `Data/GetMtDeliveryStatus`, only for messages of `sendImt`. Repeated calls are free. */
  async getMtDeliveryStatus(id: string, options: { readonly signal?: AbortSignal } = {}): Promise<DeliveryStatus> {
    return readDeliveryStatus(await this.#call('Data/GetMtDeliveryStatus', { message: id }, options.signal))
  }

  /** `Platform/Ping`: whether the service accepts the token. */
  async checkCredentials(options: { readonly signal?: AbortSignal } = {}): Promise<CredentialCheck> {
    return readPingAnswer(await this.#call('Platform/Ping', {}, options.signal))
  }

  async #call(
    action: string,
    fields: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<CloudloopAnswer> {
    const form = { ...fields, token: this.#token }
    const url = `${this.#url}/${action}`
    const answer = await exchange({ url, form, signal }, { fetch: this.#fetch, timeoutMs: this.#timeoutMs })
    return parseCloudloopAnswer(answer, this.#token)
  }
}

function checkMessage(thing: string, data: Uint8Array, mostBytes: number): SendResult | null {
  const refusal = checkData(data, mostBytes)
  if (refusal !== null || thing !== '') return refusal
  const text = 'no thing; not sent'
  return { outcome: 'rejected', fault: 'configuration', reason: 'unknown-imei', code: 11, text }
}
