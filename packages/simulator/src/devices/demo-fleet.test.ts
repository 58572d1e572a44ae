import { until } from '../../test/receiver.ts'
import { BUOY, startTestSimulator, webhookBody } from '../../test/test-simulator.ts'
import { demoFleet } from './demo-fleet.ts'

// Real HTTP on a machine that may be busy with other tests.
jest.setTimeout(20_000)

describe('demoFleet()', () => {
  it('has both firmwares, one handset, and fixed IMEIs of 15 digits', () => {
    const fleet = demoFleet(6)
    expect(fleet.map(({ kind, generation }) => `${kind} ${generation}`)).toEqual([
      ...['buoy v3', 'buoy v2', 'buoy v3', 'buoy v3', 'buoy v2', 'buoy v3', 'handset v2'],
    ])
    expect(fleet[0]).toEqual({
      kind: 'buoy',
      iam: 'PK901',
      imei: '300434061000001',
      label: 'Albatross',
      generation: 'v3',
    })
    expect(fleet.at(-1)?.imei).toBe('300434061000000')
    for (const { imei } of fleet) expect(imei).toMatch(/^\d{15}$/)
  })

  it('keeps the buoys of a small fleet in a larger one, with unique IMEIs and names', () => {
    const buoys = (count: number): unknown[] => demoFleet(count).filter(({ kind }) => kind === 'buoy')
    expect(buoys(50).slice(0, 6)).toEqual(buoys(6))
    expect(new Set(demoFleet(500).map(({ imei }) => imei)).size).toBe(501)
    expect(new Set(demoFleet(500).map(({ iam }) => iam)).size).toBe(501)
  })

  it('is empty for 0', () => {
    expect(demoFleet(0)).toEqual([])
  })
})

describe('a simulator with a demo fleet', () => {
  it('posts a report of every device within seconds, in all of the portal’s formats', async () => {
    const sea = await startTestSimulator({ demoFleet: 6, signWebhooks: true, speed: 2 })
    try {
      const imeis = (): Set<string | undefined> =>
        new Set(sea.receiver.received.map(({ body }) => /\d{15}/.exec(body)?.[0]))
      await until(() => imeis().size === 7, 'a report of each of seven devices')
      expect(imeis()).toEqual(new Set(demoFleet(6).map(({ imei }) => imei)))
      const types = sea.receiver.received.map(({ headers, body }) =>
        body.includes('"JWT"')
          ? 'json-jwt'
          : headers['content-type'] === 'application/x-www-form-urlencoded'
            ? 'form'
            : 'json',
      )
      expect(new Set(types)).toEqual(new Set(['json-jwt', 'form', 'json']))
    } finally {
      await sea.close()
    }
  }, 15_000)

  it('sends nothing of its own with --demo-fleet 0, but delivers what is sent by hand', async () => {
    const sea = await startTestSimulator({ demoFleet: 0, speed: 10_000 })
    try {
      await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY, webhook: 'json' })
      await sea.call('POST', `/sim/devices/${BUOY}/send`, { text: 'only this' })
      const time = async (): Promise<number> =>
        Date.parse((await sea.call<{ time: string }>('GET', '/sim/clock')).body.time)
      const began = await time()
      while ((await time()) < began + 3_600_000) await sea.call('GET', '/sim')
      expect(sea.receiver.received.map((one) => webhookBody(one).text)).toEqual(['only this'])
    } finally {
      await sea.close()
    }
  })
})
