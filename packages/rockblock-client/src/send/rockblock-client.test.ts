import { answering, clientOf, HELLO_BYTES, IMEI, PASSWORD, sendHello, USERNAME } from '../../test/clients.ts'
import { describe, equal, includes, it, ok, throws } from '../../test/harness.ts'
import { createFakeService } from '../testing/mod.ts'
import { RockBlockClient } from './rockblock-client.ts'

describe('RockBlockClient.sendMt()', () => {
  it('sends the data without flush and returns the vendor’s id', async () => {
    const service = createFakeService({ firstId: 47 })
    equal(await sendHello(clientOf(service)), { outcome: 'sent', id: '47' })
    includes(service.sent[0], { imei: IMEI, data: HELLO_BYTES, flush: false })
  })

  it('puts the login and the message into the body, and nothing into the address', async () => {
    const { fetch, requests } = answering(() => new Response('OK,1'))
    const client = new RockBlockClient({ username: USERNAME, password: PASSWORD, fetch })
    await client.sendMt({ imei: IMEI, data: new Uint8Array([0, 255]), flush: true })
    const [request] = requests
    equal([request?.method, request?.url], ['POST', 'https://rockblock.rock7.com/rockblock/MT'])
    equal(request?.headers.get('content-type'), 'application/x-www-form-urlencoded')
    equal(request?.headers.get('authorization'), null)
    equal(request?.redirect, 'manual')
    const form = Object.fromEntries(new URLSearchParams(await request?.text()))
    equal(form, { imei: IMEI, data: '00ff', flush: 'yes', username: USERNAME, password: PASSWORD })
  })

  it('omits flush when it is false', async () => {
    const { fetch, requests } = answering(() => new Response('OK,1'))
    const client = new RockBlockClient({ username: USERNAME, password: PASSWORD, fetch })
    await client.sendMt({ imei: IMEI, data: HELLO_BYTES, flush: false })
    equal(new URLSearchParams(await requests[0]?.text()).has('flush'), false)
  })

  it('flushes the messages queued for that modem only', async () => {
    const service = createFakeService()
    const client = clientOf(service)
    await sendHello(client)
    await client.sendMt({ imei: '300234010753371', data: HELLO_BYTES })
    await client.sendMt({ imei: IMEI, data: HELLO_BYTES, flush: true })
    equal(
      service.queued(IMEI).map(({ id }) => id),
      ['3'],
    )
    equal(
      service.queued('300234010753371').map(({ id }) => id),
      ['2'],
    )
  })

  it('accepts a base address with or without slash or path, or the complete address', async () => {
    const cases = [
      ['http://127.0.0.1:8099', 'http://127.0.0.1:8099/rockblock/MT'],
      ['http://127.0.0.1:8099/', 'http://127.0.0.1:8099/rockblock/MT'],
      ['https://proxy.example/vendor/', 'https://proxy.example/vendor/rockblock/MT'],
      ['https://core.rock7.com/rockblock/MT', 'https://core.rock7.com/rockblock/MT'],
    ]
    for (const [url = '', expected] of cases) {
      const { fetch, requests } = answering(() => new Response('OK,1'))
      await sendHello(new RockBlockClient({ username: 'u', password: 'p', url, fetch }))
      equal(requests[0]?.url, expected)
    }
  })

  it('sends 1 and 270 bytes, and refuses 0 and 271 without a request', async () => {
    const service = createFakeService()
    const client = clientOf(service)
    for (const length of [1, 270]) {
      includes(await client.sendMt({ imei: IMEI, data: new Uint8Array(length) }), { outcome: 'sent' })
    }
    includes(await client.sendMt({ imei: IMEI, data: new Uint8Array(0) }), {
      fault: 'message',
      reason: 'empty',
      code: 16,
    })
    includes(await client.sendMt({ imei: IMEI, data: new Uint8Array(271) }), {
      fault: 'message',
      reason: 'too-long',
      code: 15,
    })
    equal(service.requestCount, 2)
  })

  it('refuses an invalid IMEI without a request', async () => {
    const service = createFakeService()
    for (const imei of ['', '30023401075337', '3002340107533700', '30023401075337a']) {
      const result = await clientOf(service).sendMt({ imei, data: HELLO_BYTES })
      includes(result, { outcome: 'rejected', fault: 'configuration', reason: 'unknown-imei', code: 11 })
    }
    equal(service.requestCount, 0)
  })

  it('never repeats a request of its own accord', async () => {
    for (const fault of ['system-error', 'server-error', 'reset', 'hang', 'redirect'] as const) {
      const service = createFakeService()
      service.setFault(fault)
      await sendHello(clientOf(service))
      equal(service.requestCount, 1, fault)
    }
  })

  it('times out even when fetch ignores its signal or the body never ends', async () => {
    const deaf: typeof fetch = () => new Promise(() => undefined)
    const endless: typeof fetch = async () =>
      new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }))
    for (const fetch of [deaf, endless]) {
      const client = new RockBlockClient({ username: 'u', password: 'p', fetch, timeoutMs: 20 })
      equal(await sendHello(client), { outcome: 'unknown', reason: 'timeout', detail: 'timeout' })
    }
  })

  it('aborts the request when it times out', async () => {
    let signal: AbortSignal | null | undefined
    const silent: typeof fetch = (_input, init) => {
      signal = init?.signal
      return new Promise(() => undefined)
    }
    await sendHello(new RockBlockClient({ username: 'u', password: 'p', fetch: silent, timeoutMs: 20 }))
    equal(signal?.aborted, true)
  })

  it('distinguishes an abort before sending from one in flight', async () => {
    const service = createFakeService()
    service.setFault('hang')
    const client = clientOf(service, { timeoutMs: 10_000 })
    const before = await client.sendMt({ imei: IMEI, data: HELLO_BYTES, signal: AbortSignal.abort() })
    includes(before, { outcome: 'try-later', reason: 'aborted-before-sending' })
    equal(service.requestCount, 0)
    const controller = new AbortController()
    const sending = client.sendMt({ imei: IMEI, data: HELLO_BYTES, signal: controller.signal })
    controller.abort(new Error('enough'))
    equal(await sending, { outcome: 'unknown', reason: 'aborted', detail: 'aborted' })
  })

  it('rejects a redirect without following it', async () => {
    for (const status of [301, 302, 307, 308]) {
      const { fetch, requests } = answering(
        () => new Response('', { status, headers: { location: 'https://elsewhere.example/' } }),
      )
      const result = await sendHello(new RockBlockClient({ username: 'u', password: 'p', fetch }))
      includes(result, { outcome: 'rejected', fault: 'configuration', reason: 'wrong-address', code: status })
      equal(requests.length, 1)
    }
  })
})

describe('RockBlockClient.checkCredentials()', () => {
  it('tells right credentials from wrong ones without sending a message', async () => {
    const service = createFakeService()
    equal(await clientOf(service).checkCredentials(), { credentials: 'right' })
    includes(await clientOf(service, { password: 'other' }).checkCredentials(), { credentials: 'wrong' })
    equal(service.sent, [])
    const { fetch, requests } = answering(() => new Response('FAILED,16,No data'))
    await new RockBlockClient({ username: 'u', password: 'p', fetch }).checkCredentials()
    const form = new URLSearchParams(await requests[0]?.text())
    equal([form.get('imei'), form.get('data')], ['000000000000000', ''])
  })

  it('reports right credentials for any refusal that comes after the login', async () => {
    for (const code of [11, 12, 13, 14, 15]) {
      const { fetch } = answering(() => new Response(`FAILED,${code},x`))
      equal(await new RockBlockClient({ username: 'u', password: 'p', fetch }).checkCredentials(), {
        credentials: 'right',
      })
    }
  })

  it('reports not-checked when it gets no usable answer', async () => {
    for (const fault of ['system-error', 'server-error', 'refused', 'hang', 'garbage', 'redirect'] as const) {
      const service = createFakeService()
      service.setFault(fault)
      includes(await clientOf(service).checkCredentials(), { credentials: 'not-checked' })
    }
  })
})

describe('new RockBlockClient()', () => {
  it('throws a TypeError that names the invalid option', () => {
    const right = { username: USERNAME, password: PASSWORD }
    const wrong: [Record<string, unknown>, RegExp][] = [
      [{ username: '' }, /^username /],
      [{ password: undefined }, /^password /],
      [{ url: 'no address' }, /^url /],
      [{ url: 'ftp://host' }, /^url /],
      [{ url: `https://u:${encodeURIComponent(PASSWORD)}@host` }, /^url must not hold credentials$/],
      [{ url: 'https://host/?password=hunter2' }, /^url must not hold a query/],
      [{ timeoutMs: 0 }, /^timeoutMs /],
      [{ timeoutMs: Infinity }, /^timeoutMs /],
    ]
    for (const [changes, message] of wrong) {
      // The types forbid these; a caller in JavaScript is not kept from them.
      throws(() => new RockBlockClient({ ...right, ...changes } as never), { name: 'TypeError', message })
    }
    ok(new RockBlockClient(right) instanceof RockBlockClient)
  })
})
