import { RockBlockClient, RockStarClient, parseWebhook, verifyWebhook } from '@paikea/rockblock-client'

import { startReceiver, until, type Receiver } from '../test/receiver.ts'
import { createSimulator, type Simulator } from './simulator.ts'

let receiver: Receiver
let simulator: Simulator
let base: string

const buoy = '300434061000101'
const position = 'PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:191049,batt:4.2,int:20,sl:0,st:3'

beforeEach(async () => {
  receiver = await startReceiver()
  simulator = await createSimulator({ webhookUrl: receiver.url, webhookSecret: 's3cret/ü' })
  base = `http://127.0.0.1:${simulator.port}`
})

afterEach(async () => {
  await simulator.close()
  await receiver.close()
})

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
  const response = await fetch(`${base}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}

const mts = async (query = `imei=${buoy}`): Promise<any[]> => (await call('GET', `/sim/mt?${query}`)).body.items
const client = (): RockBlockClient => new RockBlockClient({ username: 'user', password: 'password', url: base })
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('POST /sim/devices/{imei}/send', () => {
  it.each([
    ['form', '/rockblock/incoming/s3cret%2F%C3%BC', 'application/x-www-form-urlencoded'],
    ['json', '/rockblock/incoming/s3cret%2F%C3%BC', 'application/json; charset=utf-8'],
    ['json-jwt', '/rockblock/incoming/s3cret%2F%C3%BC', 'application/json; charset=utf-8'],
    ['core-push', '/rockstar/incoming/s3cret%2F%C3%BC', 'application/json; charset=utf-8'],
    ['cloudloop', '/cloudloop/incoming/s3cret%2F%C3%BC', 'application/json; charset=utf-8'],
  ])('posts a webhook in style %s that the library reads', async (webhook, path, contentType) => {
    await call('POST', '/sim/devices', { kind: 'buoy', imei: buoy, webhook })
    const sent = await call('POST', `/sim/devices/${buoy}/send`, {
      text: position,
      transmitTime: '2026-11-24T19:10:50Z',
    })
    expect(sent).toMatchObject({ status: 202, body: { momsn: 0, transmitTime: '2026-11-24T19:10:50.000Z', mt: null } })
    const [arrived] = await receiver.waitFor(1)
    expect(arrived?.path).toBe(path)
    expect(arrived?.headers).toMatchObject({ 'user-agent': 'Rock7PushApi', 'content-type': contentType })
    const parsed = parseWebhook(bytes(arrived?.body ?? ''), contentType)
    if (!parsed.ok) throw new Error(parsed.reason.detail)
    expect(parsed.message).toMatchObject({ imei: buoy, momsn: 0, transmitTime: new Date('2026-11-24T19:10:50Z') })
    expect(new TextDecoder().decode(parsed.message.payload)).toBe(position)
    expect(parsed.message.problems).toEqual([])
    expect(parsed.message.unknownFields).toEqual({})
    const verified = await verifyWebhook(parsed.message, { publicKey: await simulator.publicKey() })
    expect(verified).toMatchObject(
      webhook === 'json-jwt' ? { verified: true } : { verified: false, reason: 'no-token' },
    )
  })

  it('counts MOMSN from 0 and wraps from 65535 to 0', async () => {
    await call('POST', '/sim/devices', { kind: 'buoy', imei: buoy })
    const numbers = []
    for (const order of [{ text: 'a' }, { text: 'b' }, { text: 'c', momsn: 65_535 }, { text: 'd' }]) {
      numbers.push((await call('POST', `/sim/devices/${buoy}/send`, order)).body.momsn)
    }
    expect(numbers).toEqual([0, 1, 65_535, 0])
  })

  it('sends hex as it is, and nothing at all as a mailbox check', async () => {
    await call('POST', '/sim/devices', { kind: 'buoy', imei: buoy })
    await call('POST', `/sim/devices/${buoy}/send`, { hex: '00FF80' })
    await receiver.waitFor(1)
    await call('POST', `/sim/devices/${buoy}/send`, {})
    const arrived = await receiver.waitFor(2)
    expect(arrived.map(({ body }) => JSON.parse(body).data)).toEqual(['00ff80', ''])
  })

  it('fetches one MT a session for a device that does not live by itself', async () => {
    await call('POST', '/sim/devices', { kind: 'buoy', imei: buoy })
    await client().sendMt({ imei: buoy, data: bytes('one') })
    await client().sendMt({ imei: buoy, data: bytes('two') })
    const sent = await call('POST', `/sim/devices/${buoy}/send`, { text: 'x' })
    expect(sent.body).toMatchObject({ mt: { text: 'one' }, queuedMt: 1 })
    expect((await mts()).map(({ text, state }) => [text, state])).toEqual([
      ['one', 'delivered'],
      ['two', 'queued'],
    ])
  })
})

describe('POST /rockblock/MT', () => {
  beforeEach(() => call('POST', '/sim/devices', { kind: 'handset', imei: buoy }))

  it('answers OK with an id under which GET /sim/mt shows the message, in order', async () => {
    const one = await client().sendMt({ imei: buoy, data: bytes('+DATA:PK006,10;') })
    const two = await client().sendMt({ imei: buoy, data: bytes('+DATA:PK006,20;') })
    expect(one).toMatchObject({ outcome: 'sent' })
    const items = await mts()
    expect(items.map(({ id }) => id)).toEqual([one, two].map((result) => result.outcome === 'sent' && result.id))
    expect(items[0]).toMatchObject({ text: '+DATA:PK006,10;', hex: '2b444154413a504b3030362c31303b', state: 'queued' })
    expect(Date.parse(items[0].at)).toBeGreaterThan(Date.now() - 10_000)
  })

  it('refuses an IMEI that is not on the account, a wrong log-in and a message that is too long', async () => {
    expect(await client().sendMt({ imei: '300434061000999', data: bytes('x') })).toMatchObject({ code: 11 })
    const wrong = new RockBlockClient({ username: 'user', password: 'wrong', url: base })
    expect(await wrong.sendMt({ imei: buoy, data: bytes('x') })).toMatchObject({ code: 10 })
    const long = await fetch(`${base}/rockblock/MT`, {
      method: 'POST',
      body: new URLSearchParams({ imei: buoy, username: 'user', password: 'password', data: '00'.repeat(271) }),
    })
    expect(await long.text()).toMatch(/^FAILED,15,/)
    expect(await mts()).toEqual([])
  })

  it('takes its parameters from the query, too', async () => {
    const query = new URLSearchParams({ imei: buoy, username: 'user', password: 'password', data: '4f' })
    const response = await fetch(`${base}/rockblock/MT?${query}`, { method: 'POST' })
    expect(await response.text()).toMatch(/^OK,\d+$/)
  })

  it('clears the queue on flush', async () => {
    await client().sendMt({ imei: buoy, data: bytes('old') })
    await client().sendMt({ imei: buoy, data: bytes('new'), flush: true })
    expect((await mts()).map(({ text, state, reason }) => [text, state, reason])).toEqual([
      ['old', 'purged', 'flushed'],
      ['new', 'queued', null],
    ])
  })

  it('holds at most 50 messages for a modem', async () => {
    for (let number = 1; number <= 51; number++) await client().sendMt({ imei: buoy, data: bytes(`m${number}`) })
    const items = await mts()
    expect(items.filter(({ state }) => state === 'queued')).toHaveLength(50)
    expect(items.at(-1)).toMatchObject({ text: 'm51', state: 'purged', reason: 'queue-full' })
  })
})

describe('POST /API2/SendMessage and Cloudloop', () => {
  it('keeps a text for a tracker under its serial number', async () => {
    await call('POST', '/sim/devices', { kind: 'rockstar', imei: buoy, serial: 4711 })
    const rockStar = new RockStarClient({ username: 'user', password: 'password', url: base })
    expect(await rockStar.sendMessage({ serial: '4711', text: '19:10 35.5 N 122.0 W' })).toMatchObject({
      outcome: 'sent',
    })
    expect(await mts('serial=4711')).toMatchObject([{ text: '19:10 35.5 N 122.0 W', service: 'text', imei: buoy }])
  })

  it('takes Cloudloop messages by thing and answers a ping', async () => {
    await call('POST', '/sim/devices', { kind: 'buoy', imei: buoy, webhook: 'cloudloop' })
    const post = (path: string, form: Record<string, string>): Promise<Response> =>
      fetch(`${base}${path}`, { method: 'POST', body: new URLSearchParams({ token: 'token', ...form }) })
    expect((await post('/Platform/Ping', {})).status).toBe(200)
    expect((await post('/Platform/Ping', { token: 'wrong' })).status).toBe(403)
    const sent = await post('/Data/DoSendSbdMessage', { thing: `thing-${buoy}`, message: '4f4b' })
    expect(sent.status).toBe(200)
    expect(await mts()).toMatchObject([{ text: 'OK', service: 'sbd' }])
  })
})

describe('POST /sim/faults', () => {
  beforeEach(() => call('POST', '/sim/devices', { kind: 'buoy', imei: buoy }))
  const impatient = (): RockBlockClient =>
    new RockBlockClient({ username: 'user', password: 'password', url: base, timeoutMs: 300 })

  it.each([
    ['system-error', { outcome: 'try-later' }, 0],
    ['login-wrong', { outcome: 'rejected', code: 10 }, 0],
    ['no-credit', { outcome: 'rejected', code: 13 }, 0],
    ['hang', { outcome: 'unknown' }, 0],
    ['timeout', { outcome: 'unknown' }, 1],
    ['reset-after-accept', { outcome: 'unknown' }, 1],
  ])('mt: %s', async (mt, expected, taken) => {
    expect(await call('POST', '/sim/faults', { mt, count: 1 })).toMatchObject({
      status: 201,
      body: { mt: [{ left: 1 }] },
    })
    expect(await impatient().sendMt({ imei: buoy, data: bytes('first') })).toMatchObject(expected)
    expect(await mts()).toHaveLength(taken)
    expect(await impatient().sendMt({ imei: buoy, data: bytes('second') })).toMatchObject({ outcome: 'sent' })
  })

  it('webhook: duplicate posts the same bytes twice', async () => {
    await call('POST', '/sim/faults', { webhook: 'duplicate' })
    await call('POST', `/sim/devices/${buoy}/send`, { text: 'x' })
    const [one, two] = await receiver.waitFor(2)
    expect(one?.body).toBe(two?.body)
  })

  it('webhook: reorder turns three around', async () => {
    await call('POST', '/sim/faults', { webhook: 'reorder', count: 3 })
    for (let number = 0; number < 4; number++) await call('POST', `/sim/devices/${buoy}/send`, { text: `${number}` })
    const arrived = await receiver.waitFor(4)
    const order = arrived.map(({ body }) => JSON.parse(body).momsn).filter((momsn) => momsn < 3)
    expect(order).toEqual([2, 1, 0])
  })

  it('webhook: delay holds one back while the next goes through', async () => {
    await call('POST', '/sim/faults', { webhook: 'delay', seconds: 3600 })
    await call('POST', `/sim/devices/${buoy}/send`, { text: 'late' })
    await call('POST', `/sim/devices/${buoy}/send`, { text: 'next' })
    await receiver.waitFor(1)
    await call('POST', '/sim/clock', { speed: 10_000 })
    const arrived = await receiver.waitFor(2)
    expect(arrived.map(({ body }) => JSON.parse(body).momsn)).toEqual([1, 0])
  })

  it('DELETE /sim/faults forgets them', async () => {
    await call('POST', '/sim/faults', { mt: 'system-error', count: 5 })
    expect(await call('DELETE', '/sim/faults')).toMatchObject({ status: 204 })
    expect(await client().sendMt({ imei: buoy, data: bytes('x') })).toMatchObject({ outcome: 'sent' })
  })
})

describe('bad requests', () => {
  it.each([
    ['an IMEI of 14 digits', 'POST', '/sim/devices', { kind: 'buoy', imei: '12345678901234' }, 422, 'invalid-request'],
    ['an unknown field', 'POST', '/sim/devices', { kind: 'buoy', imei: buoy, colour: 'red' }, 422, 'invalid-request'],
    ['an unknown fault', 'POST', '/sim/faults', { mt: 'sunspots' }, 422, 'invalid-request'],
    ['a speed of 0', 'POST', '/sim/clock', { speed: 0 }, 422, 'invalid-request'],
    ['an unknown device', 'POST', `/sim/devices/${buoy}/send`, { text: 'x' }, 404, 'device-not-found'],
    ['an unknown address', 'GET', '/nowhere', undefined, 404, 'not-found'],
  ])('%s', async (_, method, path, body, status, code) => {
    const answer = await call(method, path, body)
    expect(answer).toMatchObject({ status, body: { status, code, type: `urn:paikea:simulator:${code}` } })
  })

  it.each([
    ['no JSON type', { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } }, 415],
    ['broken JSON', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['70 kB', { method: 'POST', body: 'x'.repeat(70_000), headers: { 'content-type': 'application/json' } }, 413],
  ])('%s', async (_, init, status) => {
    const response = await fetch(`${base}/sim/devices`, init)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
  })

  it('names each wrong field', async () => {
    const answer = await call('POST', '/sim/devices', { kind: 'boat', imei: '1' })
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(['kind', 'imei'])
  })
})

describe('a device that lives by itself', () => {
  it('sends its power-on message within seconds, obeys an MT and answers', async () => {
    await call('POST', '/sim/clock', { speed: 60 })
    await call('POST', '/sim/devices', {
      kind: 'buoy',
      imei: buoy,
      generation: 'v3',
      autonomous: true,
      webhook: 'json',
    })
    await receiver.waitFor(1)
    await call('POST', '/sim/clock', { speed: 2000 })
    await client().sendMt({ imei: buoy, data: bytes('+DATA:PK006,30;') })
    const texts = (): string[] =>
      receiver.received.map(({ body }) => Buffer.from(JSON.parse(body).data, 'hex').toString())
    await until(() => texts().some((text) => text.endsWith('int:30,sl:0,st:3')), 'the answer to PK006')
    expect(texts()[0]).toMatch(/,int:10,sl:0,st:1$/)
    expect((await mts())[0]).toMatchObject({ state: 'delivered' })
  })

  it('is a handset that shows what was sent to it, after a ring alert', async () => {
    await call('POST', '/sim/clock', { speed: 60 })
    await call('POST', '/sim/devices', { kind: 'handset', imei: buoy, autonomous: true })
    await client().sendMt({ imei: buoy, data: bytes('+DATA:PK004,3749.5074,N,12216.6021,W,0.5,12.0,030501.000,0;') })
    await until(async () => (await call('GET', `/sim/devices/${buoy}`)).body.buoy !== null, 'the buoy on the display')
    expect((await call('GET', '/sim')).body.devices).toMatchObject([{ imei: buoy, buoy: { latitude: '3749.5074' } }])
  })
})
