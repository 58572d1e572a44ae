import { buildGroup, databaseKinds } from '@paikea/database/testing'
import { deliver, formBody, startTestApi, type TestApi } from './test-api.ts'

describe.each(databaseKinds())('momsnGaps on %s', (kind) => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi(kind)
  })
  afterAll(() => api.close())

  it('are shown with each modem, dated from the message before, and split by a late message', async () => {
    await buildGroup(api.db)
    const token = await api.tokenOf(null)
    const imei = '300434000030001'
    await api.enter(imei)
    await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei })
    const send = (momsn: number, minute: string) =>
      deliver(api.url, formBody({ imei, momsn, transmit_time: `26-11-24 03:${minute}:10`, data: '' }))
    for (const [momsn, minute] of [
      [65_533, '00'],
      [65_534, '10'],
      [2, '40'],
      [3, '50'],
    ] as const)
      await send(momsn, minute)
    const gapsOf = async () => (await api.call(token, 'GET', `/v1/modems/${imei}`)).body.momsnGaps
    const since = '2026-11-24T03:10:10.000Z'
    expect(await gapsOf()).toEqual([{ from: 65_535, to: 1, since }])
    await send(0, '25')
    const open = [
      { from: 1, to: 1, since: '2026-11-24T03:25:10.000Z' },
      { from: 65_535, to: 65_535, since },
    ]
    expect(await gapsOf()).toEqual(open)
    expect((await api.call(token, 'GET', '/v1/modems')).body.items).toMatchObject([{ imei, momsnGaps: open }])
  })
})
