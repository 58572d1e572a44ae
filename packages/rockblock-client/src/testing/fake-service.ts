/**
 * The vendor's sending services in memory: `POST /rockblock/MT`, `POST /API2/SendMessage/<serial>` and Cloudloop's
 * `Data/DoSendSbdMessage`, `Data/DoSendImtMessage`, `Data/GetMtDeliveryStatus`, `Platform/Ping`, with their documented
 * responses and every fault.
 */
import { decodeBase64, decodeHex } from '../receive/binary-text.ts'
import { creditsFor, IMT_MAX_BYTES, MT_MAX_BYTES } from '../send/limits.ts'
import type { FakeService, FakeServiceOptions, SentCloudloop, SentMt, SentText } from './fake-service-types.ts'
import { ConnectionFault, REFUSALS, type FaultName, type FaultOptions } from './faults.ts'
import { answerFault, cloudloopError, json, mtFailed, neverAnswer, plain, receipt } from './fake-answers.ts'

/** A new, empty service. */
export function createFakeService(options: FakeServiceOptions = {}): FakeService {
  return new MemoryService(options)
}

type Form = URLSearchParams

class MemoryService implements FakeService {
  readonly sent: SentMt[] = []
  readonly sentTexts: SentText[] = []
  readonly sentCloudloop: SentCloudloop[] = []
  requestCount = 0
  readonly #options: FakeServiceOptions
  readonly #queues = new Map<string, SentMt[]>()
  #credits: number
  #nextId: number
  #fault: { readonly name: FaultName; readonly retryAfter: string | null; left: number } | null = null

  constructor(options: FakeServiceOptions) {
    this.#options = options
    this.#credits = options.credits ?? Infinity
    this.#nextId = options.firstId ?? 1
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    try {
      return await this.handle(request)
    } catch (error) {
      if (!(error instanceof ConnectionFault)) throw error
      throw new TypeError('fetch failed', { cause: error })
    }
  }

  queued(imei: string): readonly SentMt[] {
    return [...(this.#queues.get(imei) ?? [])]
  }

  takeNext(imei: string): SentMt | null {
    return this.#queues.get(imei)?.shift() ?? null
  }

  setFault(fault: FaultName | null, options: FaultOptions = {}): void {
    const { count = Infinity, retryAfter = null } = options
    this.#fault = fault === null ? null : { name: fault, retryAfter, left: count }
  }

  async handle(request: Request): Promise<Response> {
    const fault = this.#takeFault()
    if (fault?.name === 'refused') throw new ConnectionFault('ECONNREFUSED')
    const form = new URLSearchParams(await request.text())
    this.requestCount++
    if (fault?.name === 'reset') throw new ConnectionFault('ECONNRESET')
    if (fault?.name === 'hang') return neverAnswer(request.signal)
    const isTaken = fault?.name === 'timeout' || fault?.name === 'reset-after-accept'
    if (fault !== null && !isTaken) {
      const answer = answerFault(fault.name, fault.retryAfter)
      if (answer !== null) return answer
    }
    const refusal = isTaken || fault === null ? undefined : REFUSALS[fault.name]
    const answer = await this.#route(request, form, refusal)
    if (fault?.name === 'timeout') return neverAnswer(request.signal)
    if (fault?.name === 'reset-after-accept') throw new ConnectionFault('ECONNRESET')
    return answer
  }

  #takeFault(): { readonly name: FaultName; readonly retryAfter: string | null } | null {
    const fault = this.#fault
    if (fault === null || fault.left <= 0) return null
    fault.left--
    return fault
  }

  async #route(request: Request, form: Form, refusal: readonly [number, string] | undefined): Promise<Response> {
    const { pathname } = new URL(request.url)
    const isPost = request.method === 'POST'
    if (isPost && pathname === '/rockblock/MT') return this.#takeMt(form, refusal)
    const serial = /^\/API2\/SendMessage\/(\d+)$/.exec(pathname)?.[1]
    if (isPost && serial !== undefined) return this.#takeText(form, serial, refusal)
    if (isPost && /^\/(?:Data|Platform)\//.test(pathname)) return this.#callCloudloop(pathname, form, refusal)
    return plain('Not found', 404)
  }

  /** The checks run in the vendor's order: a probe with correct credentials, no data and an unknown IMEI returns 16. */
  async #takeMt(form: Form, refusal: readonly [number, string] | undefined): Promise<Response> {
    if (!this.#isLoggedIn(form)) return mtFailed('login-wrong')
    if (refusal !== undefined) return plain(`FAILED,${refusal[0]},${refusal[1]}`)
    const hex = form.get('data') ?? ''
    if (hex === '') return mtFailed('empty')
    const data = decodeHex(hex)
    if (data === null) return mtFailed('not-hex')
    if (data.length > MT_MAX_BYTES) return mtFailed('too-long')
    const imei = form.get('imei') ?? ''
    if (!this.#hasModem(imei)) return mtFailed('unknown-imei')
    if (this.#options.withoutLineRental?.includes(imei)) return mtFailed('no-line-rental')
    if (this.#credits < creditsFor(data.length)) return mtFailed('no-credit')

    this.#credits -= creditsFor(data.length)
    const flush = form.get('flush') === 'yes'
    const message: SentMt = { kind: 'mt', id: this.#id(), imei, data, flush, at: new Date() }
    await this.#options.onSent?.(message)
    this.sent.push(message)
    if (flush) this.#queues.delete(imei)
    this.#queues.set(imei, [...(this.#queues.get(imei) ?? []), message])
    return plain(`OK,${message.id}`)
  }

  async #takeText(form: Form, serial: string, refusal: readonly [number, string] | undefined): Promise<Response> {
    // The wording of refusals here is undocumented; the client relies on the status.
    if (!this.#isLoggedIn(form) || refusal?.[0] === 10) return plain('Unauthorized', 401)
    if (refusal !== undefined) return plain(refusal[1], refusal[0] === 99 ? 500 : 400)
    const text = form.get('message') ?? ''
    if (text === '') return plain('No message', 400)
    const message: SentText = { kind: 'text', id: this.#id(), serial, text, at: new Date() }
    await this.#options.onSent?.(message)
    this.sentTexts.push(message)
    return receipt(message.id)
  }

  async #callCloudloop(path: string, form: Form, refusal: readonly [number, string] | undefined): Promise<Response> {
    if (form.get('token') !== (this.#options.token ?? 'token') || refusal?.[0] === 10)
      return cloudloopError('invalid token', 403)
    if (refusal !== undefined) return cloudloopError(refusal[1], refusal[0] === 99 ? 500 : 400)
    switch (path) {
      case '/Platform/Ping':
        return json({ pong: true })
      case '/Data/DoSendSbdMessage':
        return this.#takeCloudloop('sbd', form, decodeHex(form.get('message') ?? ''), MT_MAX_BYTES)
      case '/Data/DoSendImtMessage':
        return this.#takeCloudloop('imt', form, decodeBase64(form.get('message') ?? ''), IMT_MAX_BYTES)
      case '/Data/GetMtDeliveryStatus': {
        const id = form.get('message')
        const isKnown = this.sentCloudloop.some((message) => message.kind === 'imt' && message.id === id)
        return isKnown ? json({ id, status: 'DELIVERY_SUBMITTED' }) : cloudloopError('no such message', 400)
      }
      default:
        return plain('Not found', 404)
    }
  }

  async #takeCloudloop(
    kind: SentCloudloop['kind'],
    form: Form,
    data: Uint8Array | null,
    mostBytes: number,
  ): Promise<Response> {
    const thing = form.get('thing') ?? ''
    if (thing === '') return cloudloopError('no such thing', 400)
    if (data === null || data.length === 0) return cloudloopError('message cannot be decoded', 400)
    if (data.length > mostBytes) return cloudloopError('message too long', 400)
    const message: SentCloudloop = { kind, id: this.#id(), thing, data, topic: form.get('topic'), at: new Date() }
    await this.#options.onSent?.(message)
    this.sentCloudloop.push(message)
    return json({ id: message.id })
  }

  #isLoggedIn(form: Form): boolean {
    const { username = 'user', password = 'password' } = this.#options
    return form.get('username') === username && form.get('password') === password
  }

  #hasModem(imei: string): boolean {
    const { imeis } = this.#options
    return imeis === undefined ? /^(?!0{15})\d{15}$/.test(imei) : imeis.includes(imei)
  }

  #id(): string {
    return String(this.#nextId++)
  }
}
