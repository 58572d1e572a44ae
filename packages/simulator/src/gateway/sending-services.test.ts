import { RockBlockClient, RockStarClient } from '@paikea/rockblock-client'

import { BUOY, bytes, startTestSimulator, type TestSimulator } from '../../test/test-simulator.ts'

// Real HTTP on a machine that may be busy with other tests.
jest.setTimeout(20_000)

let sea: TestSimulator

beforeEach(async () => {
  sea = await startTestSimulator()
})

afterEach(() => sea.close())

describe('POST /rockblock/MT', () => {
  beforeEach(() => sea.call('POST', '/sim/devices', { kind: 'handset', imei: BUOY }))

  it('answers OK with the id under which GET /sim/mt lists the message, in order', async () => {
    const one = await sea.client().sendMt({ imei: BUOY, data: bytes('+DATA:PK006,10;') })
    const two = await sea.client().sendMt({ imei: BUOY, data: bytes('+DATA:PK006,20;') })
    expect(one).toMatchObject({ outcome: 'sent' })
    const items = await sea.mts()
    expect(items.map(({ id }) => id)).toEqual([one, two].map((result) => result.outcome === 'sent' && result.id))
    expect(items[0]).toMatchObject({ text: '+DATA:PK006,10;', hex: '2b444154413a504b3030362c31303b', state: 'queued' })
    expect(Date.parse(items[0]?.at ?? '')).toBeGreaterThan(Date.now() - 10_000)
  })

  it('refuses an IMEI that is not on the account, a wrong log-in and a message that is too long', async () => {
    expect(await sea.client().sendMt({ imei: '300434061000999', data: bytes('x') })).toMatchObject({ code: 11 })
    const wrong = new RockBlockClient({ username: 'user', password: 'wrong', url: sea.url })
    expect(await wrong.sendMt({ imei: BUOY, data: bytes('x') })).toMatchObject({ code: 10 })
    const long = await fetch(`${sea.url}/rockblock/MT`, {
      method: 'POST',
      body: new URLSearchParams({ imei: BUOY, username: 'user', password: 'password', data: '00'.repeat(271) }),
    })
    expect(await long.text()).toMatch(/^FAILED,15,/)
    expect(await sea.mts()).toEqual([])
  })

  it('also takes its parameters from the query', async () => {
    const query = new URLSearchParams({ imei: BUOY, username: 'user', password: 'password', data: '4f' })
    const response = await fetch(`${sea.url}/rockblock/MT?${query.toString()}`, { method: 'POST' })
    expect(await response.text()).toMatch(/^OK,\d+$/)
  })

  it('clears the queue on flush', async () => {
    await sea.client().sendMt({ imei: BUOY, data: bytes('old') })
    await sea.client().sendMt({ imei: BUOY, data: bytes('new'), flush: true })
    expect((await sea.mts()).map(({ text, state, reason }) => [text, state, reason])).toEqual([
      ['old', 'purged', 'flushed'],
      ['new', 'queued', null],
    ])
  })

  it('holds at most 50 messages for a modem', async () => {
    for (let number = 1; number <= 51; number++) await sea.client().sendMt({ imei: BUOY, data: bytes(`m${number}`) })
    const items = await sea.mts()
    expect(items.filter(({ state }) => state === 'queued')).toHaveLength(50)
    expect(items.at(-1)).toMatchObject({ text: 'm51', state: 'purged', reason: 'queue-full' })
  })
})

describe('POST /API2/SendMessage and Cloudloop', () => {
  it('keeps a text for a tracker under its serial number', async () => {
    await sea.call('POST', '/sim/devices', { kind: 'rockstar', imei: BUOY, serial: 4711 })
    const rockStar = new RockStarClient({ username: 'user', password: 'password', url: sea.url })
    expect(await rockStar.sendMessage({ serial: '4711', text: '19:10 35.5 N 122.0 W' })).toMatchObject({
      outcome: 'sent',
    })
    expect(await sea.mts('serial=4711')).toMatchObject([{ text: '19:10 35.5 N 122.0 W', service: 'text', imei: BUOY }])
  })

  it('accepts Cloudloop messages by thing, and answers a ping', async () => {
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY, webhook: 'cloudloop' })
    const post = (path: string, form: Record<string, string>): Promise<Response> =>
      fetch(`${sea.url}${path}`, { method: 'POST', body: new URLSearchParams({ token: 'token', ...form }) })
    expect((await post('/Platform/Ping', {})).status).toBe(200)
    expect((await post('/Platform/Ping', { token: 'wrong' })).status).toBe(403)
    const sent = await post('/Data/DoSendSbdMessage', { thing: `thing-${BUOY}`, message: '4f4b' })
    expect(sent.status).toBe(200)
    expect(await sea.mts()).toMatchObject([{ text: 'OK', service: 'sbd' }])
  })
})
