import { RockBlockClient } from '@paikea/rockblock-client'

import { BUOY, bytes, startTestSimulator, type TestSimulator, webhookBody } from '../../test/test-simulator.ts'

// Real HTTP on a machine that may be busy with other tests.
jest.setTimeout(20_000)

let sea: TestSimulator

beforeEach(async () => {
  sea = await startTestSimulator()
})

afterEach(() => sea.close())

describe('POST /sim/faults', () => {
  beforeEach(() => sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY }))
  const impatient = (): RockBlockClient =>
    new RockBlockClient({ username: 'user', password: 'password', url: sea.url, timeoutMs: 300 })

  it.each([
    ['system-error', { outcome: 'try-later' }, 0],
    ['login-wrong', { outcome: 'rejected', code: 10 }, 0],
    ['no-credit', { outcome: 'rejected', code: 13 }, 0],
    ['hang', { outcome: 'unknown' }, 0],
    ['timeout', { outcome: 'unknown' }, 1],
    ['reset-after-accept', { outcome: 'unknown' }, 1],
  ])('mt: %s', async (mt, expected, taken) => {
    expect(await sea.call('POST', '/sim/faults', { mt, count: 1 })).toMatchObject({
      status: 201,
      body: { mt: [{ left: 1 }] },
    })
    expect(await impatient().sendMt({ imei: BUOY, data: bytes('first') })).toMatchObject(expected)
    expect(await sea.mts()).toHaveLength(taken)
    expect(await impatient().sendMt({ imei: BUOY, data: bytes('second') })).toMatchObject({ outcome: 'sent' })
  })

  it('webhook: duplicate posts the same bytes twice', async () => {
    await sea.call('POST', '/sim/faults', { webhook: 'duplicate' })
    await sea.call('POST', `/sim/devices/${BUOY}/send`, { text: 'x' })
    const [one, two] = await sea.receiver.waitFor(2)
    expect(one?.body).toBe(two?.body)
  })

  it('webhook: reorder posts three in reverse order', async () => {
    await sea.call('POST', '/sim/faults', { webhook: 'reorder', count: 3 })
    for (let number = 0; number < 4; number++)
      await sea.call('POST', `/sim/devices/${BUOY}/send`, { text: `${number}` })
    const arrived = await sea.receiver.waitFor(4)
    const order = arrived.map((one) => webhookBody(one).momsn).filter((momsn) => momsn < 3)
    expect(order).toEqual([2, 1, 0])
  })

  it('webhook: delay holds one back while the next goes through', async () => {
    await sea.call('POST', '/sim/faults', { webhook: 'delay', seconds: 3600 })
    await sea.call('POST', `/sim/devices/${BUOY}/send`, { text: 'late' })
    await sea.call('POST', `/sim/devices/${BUOY}/send`, { text: 'next' })
    await sea.receiver.waitFor(1)
    await sea.call('POST', '/sim/clock', { speed: 10_000 })
    const arrived = await sea.receiver.waitFor(2)
    expect(arrived.map((one) => webhookBody(one).momsn)).toEqual([1, 0])
  })

  it('DELETE /sim/faults clears all faults', async () => {
    await sea.call('POST', '/sim/faults', { mt: 'system-error', count: 5 })
    expect(await sea.call('DELETE', '/sim/faults')).toMatchObject({ status: 204 })
    expect(await sea.client().sendMt({ imei: BUOY, data: bytes('x') })).toMatchObject({ outcome: 'sent' })
  })
})
