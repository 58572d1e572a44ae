import { parseWebhook, RockStarClient } from '@paikea/rockblock-client'

import { type Received, until } from '../test/receiver.ts'
import { BUOY, bytes, startTestSimulator, type TestSimulator, webhookBody } from '../test/test-simulator.ts'

// Real HTTP on a machine that may be busy with other tests.
jest.setTimeout(20_000)

let sea: TestSimulator

beforeEach(async () => {
  sea = await startTestSimulator()
})

afterEach(() => sea.close())

describe('an autonomous device', () => {
  it('sends its power-on message, obeys an MT and answers it', async () => {
    await sea.call('POST', '/sim/clock', { speed: 60 })
    await sea.call('POST', '/sim/devices', {
      kind: 'buoy',
      imei: BUOY,
      generation: 'v3',
      autonomous: true,
      webhook: 'json',
    })
    await sea.receiver.waitFor(1)
    await sea.call('POST', '/sim/clock', { speed: 2000 })
    await sea.client().sendMt({ imei: BUOY, data: bytes('+DATA:PK006,30;') })
    const texts = (): string[] => sea.receiver.received.map((one) => webhookBody(one).text)
    await until(() => texts().some((text) => text.endsWith('int:30,sl:0,st:3')), 'the answer to PK006')
    expect(texts()[0]).toMatch(/,int:10,sl:0,st:1$/)
    expect((await sea.mts())[0]).toMatchObject({ state: 'delivered' })
  })

  it('as a handset, shows the buoy that was sent to it', async () => {
    await sea.call('POST', '/sim/clock', { speed: 60 })
    await sea.call('POST', '/sim/devices', { kind: 'handset', imei: BUOY, autonomous: true })
    await sea
      .client()
      .sendMt({ imei: BUOY, data: bytes('+DATA:PK004,3749.5074,N,12216.6021,W,0.5,12.0,030501.000,0;') })
    await until(
      async () => (await sea.call<{ buoy: unknown }>('GET', `/sim/devices/${BUOY}`)).body.buoy !== null,
      'the buoy on the display',
    )
    expect((await sea.call('GET', '/sim')).body).toMatchObject({
      devices: [{ imei: BUOY, buoy: { latitude: '3749.5074' } }],
    })
  })

  it('as a tracker, drifts and reports through the Core Push API', async () => {
    await sea.call('POST', '/sim/devices', { kind: 'rockstar', imei: BUOY, serial: 4711, autonomous: true })
    await sea.call('POST', '/sim/clock', { speed: 2000 })
    const arrived = (await sea.receiver.waitFor(6)).map(({ path, headers, body }) => {
      expect(path).toMatch(/^\/rockstar\/incoming\//)
      const parsed = parseWebhook(bytes(body), headers['content-type'] ?? '')
      if (!parsed.ok || parsed.message.format !== 'core-push') throw new Error(`not of format B: ${body}`)
      return parsed.message
    })
    for (const message of arrived) {
      expect(message).toMatchObject({ imei: BUOY, serial: '4711', trigger: 'ROUTINE', source: 'GPS', text: null })
      expect(message).toMatchObject({ deviceType: 'ROCKSTAR', problems: [], unknownFields: {}, externalPower: false })
      expect(message.batteryPercent).toBeGreaterThan(20)
      expect(Math.abs((message.at?.getTime() ?? 0) - (message.transmitTime?.getTime() ?? 0))).toBeLessThanOrEqual(4000)
    }
    expect(new Set(arrived.map(({ id }) => id)).size).toBe(arrived.length)
    const track = arrived.toSorted((one, other) => (one.momsn ?? 0) - (other.momsn ?? 0))
    for (const [index, { at, position }] of track.entries()) {
      const before = track[index - 1]
      if (before === undefined) continue
      expect(at?.getTime()).toBeGreaterThanOrEqual(before.at?.getTime() ?? Infinity)
      // Two knots are a mile in half an hour, and two reports in a row may have failed: it drifts, and does not jump.
      const degrees = Math.abs((position?.latitudeDegrees ?? 99) - (before.position?.latitudeDegrees ?? 0))
      expect(degrees).toBeLessThan((2 * 35) / 60 / 60)
    }
    expect(new Set(track.map(({ position }) => position?.latitudeDegrees)).size).toBeGreaterThan(3)
  })

  it.each([
    ['sbd', { service: 'sbd', momsn: 0, mtmsn: 0, sessionStatus: 0, topic: null }],
    ['imt', { service: 'imt', momsn: null, topic: 'RAW' }],
  ] as const)('as a buoy, reports through Cloudloop over %s, beside a RockSTAR', async (demoCloudloop, expected) => {
    const other = await startTestSimulator({ demoCloudloop, demoRockStar: true })
    try {
      const arrived = await other.receiver.waitFor(2)
      const paths = arrived.map(({ path }) => path.split('/')[1])
      expect(new Set(paths)).toEqual(new Set(['cloudloop', 'rockstar']))
      const { body, headers } = arrived[paths.indexOf('cloudloop')] ?? arrived[0] ?? { body: '', headers: {} }
      const parsed = parseWebhook(bytes(body), headers['content-type'] ?? '')
      if (!parsed.ok) throw new Error(parsed.reason.detail)
      expect(parsed.message).toMatchObject({
        format: 'cloudloop',
        imei: '300434061090002',
        serial: '290002',
        ...expected,
      })
      expect(parsed.message).toMatchObject({ problems: [], unknownFields: {} })
      expect(parsed.message.iridium?.latitudeDegrees).toBeGreaterThan(30)
      expect(Math.abs(Date.now() - (parsed.message.transmitTime?.getTime() ?? 0))).toBeLessThan(60_000)
      expect(Buffer.from(parsed.message.payload).toString()).toMatch(/^PK101;lat:\d/)
    } finally {
      await other.close()
    }
  })

  it('as a tracker, confirms a text that it has read', async () => {
    await sea.call('POST', '/sim/devices', { kind: 'rockstar', imei: BUOY, serial: 4711, autonomous: true })
    await sea.call('POST', '/sim/clock', { speed: 600 })
    const client = new RockStarClient({ username: 'user', password: 'password', url: sea.url })
    const sent = await client.sendMessage({ serial: '4711', text: 'hello' })
    const receipt = (): Received | undefined => sea.receiver.received.find(({ body }) => body.includes('message_ack'))
    await until(() => receipt() !== undefined, 'the receipt')
    expect(JSON.parse(receipt()?.body ?? '')).toMatchObject({
      trigger: 'ACKNOWLEDGE',
      imei: BUOY,
      serial: 4711,
      message_ack: sent.outcome === 'sent' ? sent.id : null,
    })
    expect(await sea.mts()).toMatchObject([{ text: 'hello', state: 'delivered' }])
  })

  it('reports st:1 again after a power cut, with default settings', async () => {
    await sea.call('POST', '/sim/clock', { speed: 2000 })
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY, autonomous: true, webhook: 'json' })
    await sea.client().sendMt({ imei: BUOY, data: bytes('+DATA:PK006,30;') })
    const texts = (): string[] => sea.receiver.received.map((one) => webhookBody(one).text)
    await until(() => texts().some((text) => text.includes('int:30')), 'interval 30')
    const before = texts().length
    await sea.call('POST', `/sim/devices/${BUOY}/power`, { power: 'cycle' })
    await until(
      () =>
        texts()
          .slice(before)
          .some((text) => text.endsWith('int:10,sl:0,st:1')),
      'st:1',
    )
    expect(texts()[0]).toMatch(/,st:1$/)
  })

  it('keeps its conditions, and reports 999 without GPS', async () => {
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY, autonomous: true, webhook: 'json' })
    await sea.call('PATCH', `/sim/devices/${BUOY}`, { conditions: { gps: false } })
    await sea.call('POST', '/sim/clock', { speed: 2000 })
    await until(() => sea.receiver.received.some((one) => webhookBody(one).text.includes('lat:99900.0000')), '999')
    expect(sea.simulator.world.state.devices.get(BUOY)?.conditions.gps).toBe(false)
  })
})
