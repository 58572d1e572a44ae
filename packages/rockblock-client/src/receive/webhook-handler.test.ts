import { FORM, form, HELLO_FORM, json, JSON_TYPE, text } from '../../test/bodies.ts'
import { describe, equal, includes, it, match, throws } from '../../test/harness.ts'
import { buildSignedWebhook, generateTestKeys } from '../testing/mod.ts'
import type { MoMessage, ParseFailure } from './message.ts'
import type { DeliveryInfo, FailureInfo, WebhookOptions } from './receive-delivery.ts'
import { createWebhookHandler } from './webhook-handler.ts'

const SECRET = 'correct horse/battery'
const keys = generateTestKeys()

interface Bench {
  readonly messages: [MoMessage, DeliveryInfo][]
  readonly failures: [ParseFailure, FailureInfo][]
  readonly errors: unknown[]
  readonly handle: (request: Request) => Promise<Response>
}

function bench(options: Partial<WebhookOptions> = {}): Bench {
  const messages: Bench['messages'] = []
  const failures: Bench['failures'] = []
  const errors: unknown[] = []
  const handle = createWebhookHandler({
    secret: SECRET,
    onMessage: (message, info) => void messages.push([message, info]),
    onUnreadable: (failure, info) => void failures.push([failure, info]),
    onError: (error) => void errors.push(error),
    ...options,
  })
  return { messages, failures, errors, handle }
}

function post(path: string, body: BodyInit, contentType: string = FORM): Request {
  return new Request(`https://shore.example${path}`, { method: 'POST', headers: { 'content-type': contentType }, body })
}

const RIGHT = `/rockblock/${encodeURIComponent(SECRET)}`

describe('createWebhookHandler()', () => {
  it('hands over a message with its key and original bytes, then answers 200', async () => {
    const { handle, messages } = bench()
    const response = await handle(post(RIGHT, HELLO_FORM))
    equal([response.status, await response.text()], [200, '{"status":"accepted"}'])
    const [message, info] = messages[0] ?? []
    equal(text(message?.payload ?? new Uint8Array()), 'Hello World')
    includes(info, {
      key: 'a/300234010753370.12.20211031T104150Z.a591a6d40bf420404a011733cfb7b190',
      admittedBy: 'secret',
      contentType: FORM,
    })
    equal(text(info?.body ?? new Uint8Array()), HELLO_FORM)
  })

  it('accepts any of its secrets, as the last path segment or as the key parameter', async () => {
    const { handle } = bench({ secret: ['old-secret', SECRET] })
    const right = [RIGHT, `/in?key=${encodeURIComponent(SECRET)}`, '/old-secret?a=b', '/?x=1&key=wrong&key=old-secret']
    for (const path of right) equal((await handle(post(path, HELLO_FORM))).status, 200, path)
  })

  it('answers 401 to any other address, and hands over nothing', async () => {
    const { handle, messages, failures } = bench()
    const wrong = [
      '/',
      '/in',
      '/in/',
      '//',
      '/%',
      '/correct horse',
      `${RIGHT}x`,
      RIGHT.slice(0, -1),
      `${RIGHT}/`,
      '/?key=',
      `/?secret=${encodeURIComponent(SECRET)}`,
      `/#${SECRET}`,
    ]
    for (const path of wrong) {
      const response = await handle(post(path, HELLO_FORM))
      equal([response.status, await response.text()], [401, '{"status":"not-admitted"}'], path)
      equal((await handle(post(path, 'nonsense'))).status, 401)
    }
    equal([messages, failures], [[], []])
  })

  it('admits a valid token only where the token option names its key', async () => {
    const { privateKey, publicKey } = await keys
    const { body, contentType } = await buildSignedWebhook({ format: 'rockblock', privateKey })
    const { handle, messages } = bench({ token: publicKey })
    equal((await handle(post('/', body, contentType))).status, 200)
    equal(messages[0]?.[1].admittedBy, 'token')
    equal((await bench().handle(post('/', body, contentType))).status, 401)
    equal((await bench({ token: true }).handle(post('/', body, contentType))).status, 401)
    const touched = new TextDecoder().decode(body).replace('"momsn":12', '"momsn":13')
    equal((await handle(post('/', touched, contentType))).status, 401)
    equal((await handle(post('/', HELLO_FORM))).status, 401)
  })

  it('hands an unreadable body sent with the secret to onUnreadable, and answers 200', async () => {
    const { handle, failures, messages } = bench()
    const bad: [string, string, string][] = [
      [form({ data: 'zz' }), FORM, 'not-hex'],
      [form({ imei: undefined }), FORM, 'missing-field'],
      ['{', JSON_TYPE, 'not-json'],
      [json(), 'text/plain', 'wrong-content-type'],
      ['', FORM, 'empty-body'],
    ]
    for (const [body, contentType] of bad) equal((await handle(post(RIGHT, body, contentType))).status, 200)
    equal(
      failures.map(([failure]) => failure.reason.code),
      bad.map(([, , code]) => code),
    )
    equal(text(failures[0]?.[1].body ?? new Uint8Array()), form({ data: 'zz' }))
    equal(messages, [])
  })

  it('answers 503 when onMessage or onUnreadable rejects, and asks for a retry after 30 seconds', async () => {
    const { handle, errors } = bench({ onMessage: () => Promise.reject(new Error('disk full')) })
    const response = await handle(post(RIGHT, HELLO_FORM))
    equal([response.status, response.headers.get('retry-after')], [503, '30'])
    match(String(errors[0]), /disk full/)
    equal((await bench({ onUnreadable: () => Promise.reject(new Error('x')) }).handle(post(RIGHT, 'x'))).status, 503)
  })

  it('answers 503 even when onError throws or rejects', async () => {
    const onMessage = (): never => {
      throw new Error('disk full')
    }
    const broken: WebhookOptions['onError'][] = [
      () => {
        throw new Error('the log is full too')
      },
      async () => Promise.reject(new Error('the log is full too')),
    ]
    for (const onError of broken) {
      const { handle } = bench({ onMessage, ...(onError === undefined ? {} : { onError }) })
      const response = await handle(post(RIGHT, HELLO_FORM))
      equal([response.status, response.headers.get('retry-after')], [503, '30'])
      equal(await response.text(), '{"status":"not-stored"}')
    }
  })

  it('notes a transmit_time ahead of the delivery', async () => {
    const { handle, messages } = bench()
    // The year comes first: this is 2031, whatever the sender meant.
    equal((await handle(post(RIGHT, form({ transmit_time: '31-10-21 10:41:50' })))).status, 200)
    equal((await handle(post(RIGHT, HELLO_FORM))).status, 200)
    equal(
      messages.map(([message]) => message.problems.map(({ field, code }) => [field, code])),
      [[['transmit_time', 'time-in-future']], []],
    )
  })

  it('does not answer before onMessage has resolved', async () => {
    let store: () => void = () => undefined
    const stored = new Promise<void>((resolve) => (store = resolve))
    const order: string[] = []
    const { handle } = bench({ onMessage: () => stored.then(() => void order.push('stored')) })
    const answered = handle(post(RIGHT, HELLO_FORM)).then(() => order.push('answered'))
    await new Promise((resolve) => setTimeout(resolve, 5))
    equal(order, [])
    store()
    await answered
    equal(order, ['stored', 'answered'])
  })

  it('reports duplicate when onMessage returns it', async () => {
    const { handle } = bench({ onMessage: () => 'duplicate' })
    equal(await (await handle(post(RIGHT, HELLO_FORM))).text(), '{"status":"duplicate"}')
  })

  it('answers 405 to a GET and 413 to an over-long or endless body', async () => {
    const { handle, messages, failures } = bench({ maxBytes: 1000 })
    const get = await handle(new Request(`https://shore.example${RIGHT}`))
    equal([get.status, get.headers.get('allow')], [405, 'POST'])
    equal((await handle(post(RIGHT, 'x'.repeat(1001)))).status, 413)
    let pulled = 0
    const endless = new ReadableStream({
      pull: (controller) => {
        pulled++
        controller.enqueue(new Uint8Array(600))
      },
    })
    const init = { method: 'POST', body: endless, duplex: 'half' }
    equal((await handle(new Request(`https://shore.example${RIGHT}`, init))).status, 413)
    equal([pulled < 10, messages, failures], [true, [], []])
    equal((await handle(post(RIGHT, HELLO_FORM))).status, 200)
  })

  it('accepts any format, and assumes the configured one only where the fields leave it open', async () => {
    const { handle, messages, failures } = bench({ format: 'cloudloop' })
    equal((await handle(post(RIGHT, json(), JSON_TYPE))).status, 200)
    equal(messages[0]?.[0].format, 'rockblock')
    equal((await handle(post(RIGHT, '{}', JSON_TYPE))).status, 200)
    equal(failures[0]?.[0].format, 'cloudloop')
  })

  it('throws a TypeError without a way to be admitted, or with an empty or short secret', () => {
    const callbacks = { onMessage: () => undefined, onUnreadable: () => undefined }
    throws(() => createWebhookHandler(callbacks), { name: 'TypeError', message: /secret, token/ })
    throws(() => createWebhookHandler({ ...callbacks, secret: [] }), { name: 'TypeError' })
    for (const secret of ['', 'short', ['long enough', '']]) {
      throws(() => createWebhookHandler({ ...callbacks, secret }), { name: 'TypeError', message: /at least 8/ })
    }
  })

  it('admits everyone when anyone is set', async () => {
    const { handle, messages } = bench({ anyone: true })
    equal((await handle(post('/', HELLO_FORM))).status, 200)
    equal(messages[0]?.[1].admittedBy, 'anyone')
  })
})
