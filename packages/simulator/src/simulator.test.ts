import { until } from '../test/receiver.ts'
import { buoy, bytes, startTestSimulator, type TestSimulator, webhookBody } from '../test/test-simulator.ts'

let sea: TestSimulator

beforeEach(async () => {
  sea = await startTestSimulator()
})

afterEach(() => sea.close())

describe('a device that lives by itself', () => {
  it('sends its power-on message within seconds, obeys an MT and answers', async () => {
    await sea.call('POST', '/sim/clock', { speed: 60 })
    await sea.call('POST', '/sim/devices', {
      kind: 'buoy',
      imei: buoy,
      generation: 'v3',
      autonomous: true,
      webhook: 'json',
    })
    await sea.receiver.waitFor(1)
    await sea.call('POST', '/sim/clock', { speed: 2000 })
    await sea.client().sendMt({ imei: buoy, data: bytes('+DATA:PK006,30;') })
    const texts = (): string[] => sea.receiver.received.map((one) => webhookBody(one).text)
    await until(() => texts().some((text) => text.endsWith('int:30,sl:0,st:3')), 'the answer to PK006')
    expect(texts()[0]).toMatch(/,int:10,sl:0,st:1$/)
    expect((await sea.mts())[0]).toMatchObject({ state: 'delivered' })
  })

  it('is a handset that shows what was sent to it, after a ring alert', async () => {
    await sea.call('POST', '/sim/clock', { speed: 60 })
    await sea.call('POST', '/sim/devices', { kind: 'handset', imei: buoy, autonomous: true })
    await sea
      .client()
      .sendMt({ imei: buoy, data: bytes('+DATA:PK004,3749.5074,N,12216.6021,W,0.5,12.0,030501.000,0;') })
    await until(
      async () => (await sea.call<{ buoy: unknown }>('GET', `/sim/devices/${buoy}`)).body.buoy !== null,
      'the buoy on the display',
    )
    expect((await sea.call('GET', '/sim')).body).toMatchObject({
      devices: [{ imei: buoy, buoy: { latitude: '3749.5074' } }],
    })
  })
})
