import { isUnavailable } from '@paikea/database'
import { NotDurableError } from '@paikea/intake'
import { buildSignedWebhook, buildWebhook, generateTestKeys, type TestKeys } from '@paikea/rockblock-client/testing'
import { connect } from 'node:net'
import { deliver, formBody, hex, SECRET, startTestApi, type TestApi } from '../../test/test-api.ts'

describe('the vendor’s webhooks', () => {
  let api: TestApi
  let keys: TestKeys
  let stranger: TestKeys
  let admin: string
  beforeAll(async () => {
    ;[keys, stranger] = await Promise.all([generateTestKeys(), generateTestKeys()])
    api = await startTestApi('sqlite', { publicKey: keys.publicKey, config: { trustedProxies: ['127.0.0.1'] } })
    admin = await api.tokenOf(null)
  })
  afterAll(() => api.close())

  const lastMessage = async () => {
    const list = await api.call(admin, 'GET', '/v1/messages/inbound?limit=1')
    return (await api.call(admin, 'GET', `/v1/messages/inbound/${list.body.items[0].id}`)).body
  }
  const countMessages = async () => (await api.call(admin, 'GET', '/v1/messages/inbound?limit=500')).body.items.length

  it('answers 200 to a form, with the message already decoded', async () => {
    const reply = await deliver(api.url, formBody({ momsn: 1 }))
    expect(reply).toMatchObject({ status: 200, body: { status: 'accepted' } })
    expect(await lastMessage()).toMatchObject({
      imei: '300234010753370',
      momsn: 1,
      state: 'accepted',
      verifiedBy: 'secret',
      decoded: { packetType: 'PK001', latitudeDegrees: expect.closeTo(37.82512, 4) },
      report: { hasFix: true, batteryVolts: 4.7, fixAt: '2026-11-24T03:05:01.086Z' },
      rawBody: { text: expect.stringContaining('imei=300234010753370') },
      transmitTime: '2026-11-24T03:05:10.000Z',
    })
  })

  it('answers "duplicate" to a repeated delivery, and only counts the copy', async () => {
    await deliver(api.url, formBody({ momsn: 2 }))
    const before = await countMessages()
    expect(await deliver(api.url, formBody({ momsn: 2 }))).toMatchObject({ status: 200, body: { status: 'duplicate' } })
    expect(await countMessages()).toBe(before)
    expect(await lastMessage()).toMatchObject({ momsn: 2, copies: 1 })
  })

  it.each([
    ['in the path', `/rockblock/incoming/${SECRET}`],
    ['as ?key=', `/rockblock/incoming?key=${SECRET}`],
    ['percent-encoded in the path', `/rockblock/incoming/${SECRET.replaceAll('-', '%2D')}`],
  ])('admits a delivery with the secret %s', async (_where, path) => {
    expect((await deliver(api.url, formBody(), undefined, path)).status).toBe(200)
  })

  it.each([
    ['no secret', '/rockblock/incoming'],
    ['a wrong secret', '/rockblock/incoming/wrong'],
    ['a broken escape as secret', '/rockblock/incoming/%E0%A4%A'],
    ['a secret with something after it', `/rockblock/incoming/${SECRET}/more`],
    ['all of the secret but its last letter', `/rockblock/incoming/${SECRET.slice(0, -1)}`],
    ['a secret 10,000 characters long', `/rockblock/incoming/${'x'.repeat(10_000)}`],
  ])('answers 401 for %s, stores nothing and counts the refusal', async (_what, path) => {
    const before = await countMessages()
    const counted = (await api.call(admin, 'GET', '/v1/service/refusals')).body.total
    const reply = await deliver(api.url, formBody({ momsn: 77 }), undefined, path)
    expect(reply).toMatchObject({ status: 401, body: { status: 401, code: 'not-let-in' } })
    expect(reply.headers.get('content-type')).toMatch('application/problem+json')
    expect(await countMessages()).toBe(before)
    expect((await api.call(admin, 'GET', '/v1/service/refusals')).body.total).toBe(counted + 1)
  })

  it('lists refused senders by the address a trusted proxy reports, ignoring further hops', async () => {
    const headers = { 'Content-Type': 'application/json', 'X-Forwarded-For': '203.0.113.9, 198.51.100.7' }
    await fetch(`${api.url}/rockblock/incoming`, { method: 'POST', headers, body: '{}' })
    const { items } = (await api.call(admin, 'GET', '/v1/service/refusals')).body
    expect(items[0]).toMatchObject({ address: '198.51.100.7', count: 1 })
  })

  it('admits a delivery with the vendor’s token alone', async () => {
    const { body, contentType } = await buildSignedWebhook({ format: 'rockblock', privateKey: keys.privateKey })
    expect((await deliver(api.url, body, contentType, '/rockblock/incoming')).status).toBe(200)
    expect(await lastMessage()).toMatchObject({ verifiedBy: 'token' })
  })

  it('answers 401 to a token signed with another key, or with claims that differ from the body', async () => {
    const before = await countMessages()
    const forged = await buildSignedWebhook({ format: 'rockblock', privateKey: stranger.privateKey })
    expect((await deliver(api.url, forged.body, forged.contentType, '/rockblock/incoming')).status).toBe(401)
    const claims = { imei: '300000000000000' }
    const differs = await buildSignedWebhook({ format: 'rockblock', privateKey: keys.privateKey, claims })
    expect((await deliver(api.url, differs.body, differs.contentType, '/rockblock/incoming')).status).toBe(401)
    expect(await countMessages()).toBe(before)
  })

  it('accepts a delivery with the right secret despite a token signed with another key', async () => {
    const forged = await buildSignedWebhook({ format: 'rockblock', privateKey: stranger.privateKey })
    expect((await deliver(api.url, forged.body, forged.contentType)).status).toBe(200)
  })

  it.each([
    ['core-push', '/rockstar/incoming'],
    ['cloudloop', '/cloudloop/incoming'],
  ] as const)('takes format %s at %s', async (format, path) => {
    const { body, contentType } = buildWebhook({ format })
    expect((await deliver(api.url, body, contentType, `${path}/${SECRET}`)).status).toBe(200)
    expect(await lastMessage()).toMatchObject({ format })
    expect((await deliver(api.url, body, contentType, path)).status).toBe(401)
  })

  describe('a malformed delivery with the right secret', () => {
    const json = (fields: object): string => JSON.stringify({ imei: '300234010753370', momsn: 5, ...fields })
    it.each([
      ['a wrong content type', formBody({ momsn: 31 }), 'text/plain'],
      ['a meaningless content type', 'hello', 'image/png'],
      ['broken JSON', '{"imei":"300234010753370",', 'application/json'],
      ['broken percent-encoding', 'imei=%E0%A4%A&data=%zz', 'application/x-www-form-urlencoded'],
      ['JSON that is not an object', '[1,2,3]', 'application/json'],
      ['missing fields', json({}), 'application/json'],
      ['duplicate fields', `${formBody({ momsn: 32 })}&imei=300000000000001`, 'application/x-www-form-urlencoded'],
      ['data that is not hex', json({ data: 'not hex', transmit_time: '26-11-24 03:05:10' }), 'application/json'],
      ['data of odd length', json({ data: 'abc', transmit_time: '26-11-24 03:05:10' }), 'application/json'],
      ['an empty body', '', 'application/json'],
      ['bytes that are not text', new Uint8Array([0xff, 0xfe, 0x00, 0x80]), 'application/json'],
      ['an unknown packet', json({ data: hex('PK999;1,2,3'), transmit_time: '26-11-24 03:05:10' }), 'application/json'],
    ])('with %s is answered 200 and kept as received', async (_what, body, contentType) => {
      const before = await countMessages()
      const reply = await deliver(api.url, body, contentType)
      expect(reply).toMatchObject({ status: 200, body: { status: 'accepted' } })
      expect(await countMessages()).toBe(before + 1)
      const kept = await lastMessage()
      expect(Buffer.from(kept.rawBody.base64, 'base64')).toEqual(Buffer.from(body))
    })
  })

  it('stores a message whose transmit_time is written in another order', async () => {
    const reply = await deliver(api.url, formBody({ momsn: 33, transmit_time: '24-11-26 03:05:10' }))
    expect(reply.status).toBe(200)
    expect(await lastMessage()).toMatchObject({ momsn: 33, decoded: { packetType: 'PK001' } })
  })

  it('stores a message of an unknown IMEI under an unclaimed modem', async () => {
    const imei = '300434060000001'
    expect((await deliver(api.url, formBody({ imei }))).status).toBe(200)
    expect((await api.call(admin, 'GET', `/v1/modems/${imei}`)).body).toMatchObject({ claimed: false, device: null })
  })

  it('takes exactly 64 KiB and answers 413 for one byte more', async () => {
    expect((await deliver(api.url, 'x'.repeat(64 * 1024))).status).toBe(200)
    const before = await countMessages()
    const reply = await deliver(api.url, 'x'.repeat(64 * 1024 + 1))
    expect(reply).toMatchObject({ status: 413, body: { code: 'body-too-large' } })
    expect(await countMessages()).toBe(before)
  })

  it('answers 413 to a body of 10 MB without a declared length, and stops reading it', async () => {
    const sent = await pour(api.port, `/rockblock/incoming/${SECRET}`, 10 * 1024 * 1024)
    expect(sent.answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(sent.acceptedBytes).toBeLessThan(8 * 1024 * 1024)
  })

  it.each(['GET', 'PUT', 'DELETE'])('answers 405 for %s', async (method) => {
    const response = await fetch(`${api.url}/rockblock/incoming/${SECRET}`, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })

  it('never writes the secret into a log or an answer', async () => {
    const texts = [api.logged()]
    for (const path of [`/rockblock/incomin/${SECRET}`, `/rockblock/incomingx/${SECRET}`, `/v1/${SECRET}`]) {
      texts.push(await (await fetch(`${api.url}${path}`, { method: 'POST' })).text())
    }
    expect(texts.join('\n')).not.toContain(SECRET)
  })
})

describe('a delivery that cannot be stored', () => {
  const down = {
    accept: () => Promise.reject(new NotDurableError('the database is away')),
  }

  it('is answered 503 with Retry-After when there is no workflow server either', async () => {
    const api = await startTestApi('sqlite', {
      intake: { ...down, admit: () => Promise.reject(new Error('not asked')) },
    })
    const reply = await deliver(api.url, formBody())
    expect(reply).toMatchObject({ status: 503, body: { code: 'not-durable' } })
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    await api.close()
  })

  it('is handed to the workflow server with its whole envelope, and answered 200', async () => {
    const real = await startTestApi()
    const started: { envelope: { bodyBase64: string }; key: string }[] = []
    const api = await startTestApi('sqlite', {
      intake: { ...down, admit: (delivery) => real.intake.admit(delivery) },
      startEnvelope: (input) => {
        started.push(input)
        return Promise.resolve()
      },
    })
    expect(await deliver(api.url, formBody())).toMatchObject({ status: 200, body: { status: 'accepted' } })
    expect(started).toHaveLength(1)
    expect(Buffer.from(started[0]?.envelope.bodyBase64 ?? '', 'base64').toString()).toBe(formBody())
    expect((await deliver(api.url, formBody(), undefined, '/rockblock/incoming')).status).toBe(401)
    await Promise.all([api.close(), real.close()])
  })

  it('is answered 503 when the database and the workflow server both hang', async () => {
    const real = await startTestApi()
    const never = new Promise<never>(() => {})
    const api = await startTestApi('sqlite', {
      intake: { accept: () => never, admit: (delivery) => real.intake.admit(delivery) },
      startEnvelope: () => never,
      config: { timeouts: { acceptTimeoutMs: 50, envelopeTimeoutMs: 50 } },
    })
    expect((await deliver(api.url, formBody())).status).toBe(503)
    await Promise.all([api.close(), real.close()])
  })

  it('is logged with its stack once per outage', async () => {
    let isDown = true
    const api = await startTestApi('sqlite', {
      wrapIntake: (intake) => ({ ...intake, accept: (delivery) => (isDown ? down.accept() : intake.accept(delivery)) }),
      startEnvelope: () => Promise.reject(new Error('the workflow server is away too')),
    })
    const logged = (event = 'webhook.not-stored'): boolean[] =>
      api
        .logged()
        .split('\n')
        .filter((line) => line.includes(event))
        .map((line) => line.includes('"stack"'))
    for (let count = 0; count < 3; count += 1) await deliver(api.url, formBody())
    expect(logged()).toEqual([true, false, false])
    expect(logged('webhook.workflow-not-started')).toEqual([true, false, false])
    expect(api.logged()).toContain('the database is away')
    isDown = false
    expect((await deliver(api.url, formBody())).status).toBe(200)
    isDown = true
    for (let count = 0; count < 2; count += 1) await deliver(api.url, formBody())
    expect(logged()).toEqual([true, false, false, true, false])
    await api.close()
  })

  it('is answered 503 when the real database is gone', async () => {
    const api = await startTestApi()
    await api.db.close()
    const reply = await deliver(api.url, formBody())
    expect(reply.status).toBe(503)
    expect(isUnavailable(await api.db.ping().catch((error: unknown) => error))).toBe(true)
    await api.close()
  })
})

describe('a slow sender', () => {
  it('is cut off with 408 after the body time-out', async () => {
    const api = await startTestApi('sqlite', { config: { timeouts: { bodyTimeoutMs: 100 } } })
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(api.port, '127.0.0.1', () => {
        socket.write(`POST /rockblock/incoming/${SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nimei=`)
      })
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString()
      })
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    await api.close()
  })
})

/** Sends a body of unknown length as fast as it is taken, until it is answered and cut, or all is sent. */
function pour(port: number, path: string, bytes: number): Promise<{ answer: string; acceptedBytes: number }> {
  return new Promise((resolve) => {
    const chunk = Buffer.alloc(64 * 1024, 0x61)
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`)
      write()
    })
    let sent = 0
    const write = (): void => {
      while (sent < bytes && !socket.destroyed) {
        sent += chunk.length
        if (!socket.write(Buffer.concat([Buffer.from('10000\r\n'), chunk, Buffer.from('\r\n')]))) return
      }
    }
    socket.on('drain', write)
    socket.on('data', (data) => {
      answer += data.toString()
    })
    socket.on('error', () => undefined)
    // What is still in this side's buffer was never taken.
    socket.on('close', () => resolve({ answer, acceptedBytes: sent - socket.writableLength }))
  })
}
