import { request as send } from 'node:http'
import { FORM, HELLO_FORM, text } from '../../test/bodies.ts'
import { describe, equal, includes, it, match, ok } from '../../test/harness.ts'
import { withServer } from '../../test/ports.ts'
import type { DeliveryInfo, MoMessage, WebhookOptions } from '../mod.ts'
import { createKoaHandler, type KoaContext } from './koa.ts'
import { createNodeHandler } from './node.ts'

const seen: [MoMessage, DeliveryInfo][] = []
const errors: unknown[] = []
const options: WebhookOptions = {
  secret: 'a long secret',
  onMessage: (message, info) => void seen.push([message, info]),
  onUnreadable: () => undefined,
  onError: (error) => void errors.push(error),
  maxBytes: 2000,
}
const PATH = '/rockblock/a%20long%20secret'

async function post(url: string, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': FORM }, body })
}

describe('createNodeHandler()', () => {
  it('accepts a delivery over HTTP, and refuses a wrong secret and a GET', async () => {
    await withServer(createNodeHandler(options), async (url) => {
      seen.length = 0
      const response = await post(url + PATH, HELLO_FORM)
      equal([response.status, await response.text()], [200, '{"status":"accepted"}'])
      equal(text(seen[0]?.[0].payload ?? new Uint8Array()), 'Hello World')
      equal(text(seen[0]?.[1].body ?? new Uint8Array()), HELLO_FORM)
      equal((await post(`${url}/rockblock/wrong`, HELLO_FORM)).status, 401)
      equal((await fetch(url + PATH)).status, 405)
    })
  })

  it('reassembles a body that arrives in pieces', async () => {
    await withServer(createNodeHandler(options), async (url) => {
      seen.length = 0
      const status = await new Promise((resolve, reject) => {
        const outgoing = send(url + PATH, { method: 'POST', headers: { 'content-type': FORM } }, (incoming) => {
          incoming.resume()
          incoming.on('end', () => resolve(incoming.statusCode))
        })
        outgoing.on('error', reject)
        outgoing.write(HELLO_FORM.slice(0, 40), () => outgoing.end(HELLO_FORM.slice(40)))
      })
      equal([status, seen.length], [200, 1])
    })
  })

  it('answers 413 to a declared over-long body before it has arrived', async () => {
    await withServer(createNodeHandler(options), async (url) => {
      const status = await new Promise((resolve) => {
        const headers = { 'content-type': FORM, 'content-length': '10000000' }
        const outgoing = send(url + PATH, { method: 'POST', headers }, (incoming) => resolve(incoming.statusCode))
        outgoing.on('error', () => undefined)
        outgoing.write('x'.repeat(10))
      })
      equal(status, 413)
    })
  })

  it('answers 503 when onMessage and onError both throw', async () => {
    const fail = (): never => {
      throw new Error('disk full')
    }
    await withServer(createNodeHandler({ ...options, onMessage: fail, onError: fail }), async (url) => {
      const response = await post(url + PATH, HELLO_FORM)
      equal([response.status, response.headers.get('retry-after')], [503, '30'])
    })
  })

  it('accepts the bytes of a raw body parser up to the limit, and answers 503 when a parser kept none', async () => {
    const handle = createNodeHandler(options)
    const raw = new TextEncoder().encode(HELLO_FORM)
    const cases: [body: unknown, status: number][] = [
      [raw, 200],
      [{ imei: '300234010753370' }, 503],
      [new Uint8Array(2001), 413],
    ]
    for (const [body, expected] of cases) {
      errors.length = 0
      let status = 0
      const request = {
        method: 'POST',
        // Express takes the mounted part off `url`, and with it, perhaps, the secret.
        url: '/',
        originalUrl: PATH,
        headers: { 'content-type': FORM },
        readableEnded: true,
        body,
        async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {},
      }
      await handle(request, { writeHead: (code) => (status = code), end: () => undefined })
      equal(status, expected)
      if (status === 503) match(String(errors[0]), /body parser/)
    }
  })
})

describe('createKoaHandler()', () => {
  it('sets the context’s status, headers and body', async () => {
    const headers: Record<string, string> = {}
    const context: KoaContext = {
      req: {
        method: 'POST',
        url: PATH,
        headers: { 'content-type': FORM },
        async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
          yield new TextEncoder().encode(HELLO_FORM)
        },
      },
      status: 404,
      body: undefined,
      set: (name, value) => (headers[name] = value),
    }
    seen.length = 0
    await createKoaHandler(options)(context)
    includes(context, { status: 200, body: '{"status":"accepted"}' })
    equal(headers, { 'content-type': 'application/json' })
    ok(seen.length === 1)
  })
})
