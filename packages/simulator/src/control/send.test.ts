import { parseWebhook, verifyWebhook } from '@paikea/rockblock-client'

import { BUOY, bytes, startTestSimulator, type TestSimulator, webhookBody } from '../../test/test-simulator.ts'

// Real HTTP on a machine that may be busy with other tests.
jest.setTimeout(20_000)

const POSITION = 'PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:191049,batt:4.2,int:20,sl:0,st:3'

let sea: TestSimulator

beforeEach(async () => {
  sea = await startTestSimulator()
})

afterEach(() => sea.close())

describe('POST /sim/devices/{imei}/send', () => {
  it.each([
    ['form', '/rockblock/incoming/s3cret%2F%C3%BC', 'application/x-www-form-urlencoded'],
    ['json', '/rockblock/incoming/s3cret%2F%C3%BC', 'application/json; charset=utf-8'],
    ['json-jwt', '/rockblock/incoming/s3cret%2F%C3%BC', 'application/json; charset=utf-8'],
    ['core-push', '/rockstar/incoming/s3cret%2F%C3%BC', 'application/json; charset=utf-8'],
    ['cloudloop', '/cloudloop/incoming/s3cret%2F%C3%BC', 'application/json; charset=utf-8'],
    ['cloudloop-imt', '/cloudloop/incoming/s3cret%2F%C3%BC', 'application/json; charset=utf-8'],
  ])('posts a webhook in style %s that the library reads', async (webhook, path, contentType) => {
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY, webhook })
    const sent = await sea.call('POST', `/sim/devices/${BUOY}/send`, {
      text: POSITION,
      transmitTime: '2026-11-24T19:10:50Z',
    })
    expect(sent).toMatchObject({ status: 202, body: { momsn: 0, transmitTime: '2026-11-24T19:10:50.000Z', mt: null } })
    const [arrived] = await sea.receiver.waitFor(1)
    expect(arrived?.path).toBe(path)
    expect(arrived?.headers).toMatchObject({ 'user-agent': 'Rock7PushApi', 'content-type': contentType })
    const parsed = parseWebhook(bytes(arrived?.body ?? ''), contentType)
    if (!parsed.ok) throw new Error(parsed.reason.detail)
    // IMT numbers no sessions and knows the time of receipt only.
    const [momsn, time] = webhook === 'cloudloop-imt' ? [null, '19:10:51'] : [0, '19:10:50']
    expect(parsed.message).toMatchObject({ imei: BUOY, momsn, transmitTime: new Date(`2026-11-24T${time}Z`) })
    expect(new TextDecoder().decode(parsed.message.payload)).toBe(POSITION)
    expect(parsed.message.problems).toEqual([])
    expect(parsed.message.unknownFields).toEqual({})
    const verified = await verifyWebhook(parsed.message, { publicKey: await sea.simulator.publicKey() })
    expect(verified).toMatchObject(
      webhook === 'json-jwt' ? { verified: true } : { verified: false, reason: 'no-token' },
    )
  })

  it('counts MOMSN from 0 and wraps from 65535 to 0', async () => {
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY })
    const numbers: number[] = []
    for (const order of [{ text: 'a' }, { text: 'b' }, { text: 'c', momsn: 65_535 }, { text: 'd' }]) {
      numbers.push((await sea.call<{ momsn: number }>('POST', `/sim/devices/${BUOY}/send`, order)).body.momsn)
    }
    expect(numbers).toEqual([0, 1, 65_535, 0])
  })

  it('sends hex unchanged, and an empty order as a mailbox check', async () => {
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY })
    await sea.call('POST', `/sim/devices/${BUOY}/send`, { hex: '00FF80' })
    await sea.receiver.waitFor(1)
    await sea.call('POST', `/sim/devices/${BUOY}/send`, {})
    const arrived = await sea.receiver.waitFor(2)
    expect(arrived.map((one) => webhookBody(one).data)).toEqual(['00ff80', ''])
  })

  it('fetches one MT per session for a device that is not autonomous', async () => {
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY })
    await sea.client().sendMt({ imei: BUOY, data: bytes('one') })
    await sea.client().sendMt({ imei: BUOY, data: bytes('two') })
    const sent = await sea.call('POST', `/sim/devices/${BUOY}/send`, { text: 'x' })
    expect(sent.body).toMatchObject({ mt: { text: 'one' }, queuedMt: 1 })
    expect((await sea.mts()).map(({ text, state }) => [text, state])).toEqual([
      ['one', 'delivered'],
      ['two', 'queued'],
    ])
  })
})
