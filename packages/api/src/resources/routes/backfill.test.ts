import { buildDevice, buildModem } from '@paikea/database/testing'
import { buildRoutedPair, createActing } from '../../../test/acting.ts'
import { deliver, formBody, hex, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('POST /v1/routes/:id/backfill', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi()
  })
  afterAll(() => api.close())

  /** A buoy that has reported three times, once without a fix, and nobody was told. */
  async function buildPast() {
    const { groupId, imei, routeId } = await buildRoutedPair(api, 'buoy')
    const token = await api.tokenOf(groupId, 'operator')
    const call = (method: string, path: string, body?: object) => api.call(token, method, path, body)
    await call('DELETE', `/v1/routes/${routeId}`)
    const acting = createActing(api)
    for (const [index, fix] of [
      'lat:3530.0000,lon:12200.0000',
      'lat:99900.0000,lon:99900.0000',
      'lat:3531.0000,lon:12201.0000',
    ].entries()) {
      const utc = `03${index}501`
      const data = hex(`PK101;${fix},NS:N,EW:W,utc:${utc},batt:4.2,int:10,sl:0,st:0`)
      await deliver(api.url, formBody({ imei, momsn: index + 1, data, transmit_time: `26-11-24 03:${index}5:10` }))
    }
    await acting.act()
    const target = await buildModem(api.db)
    await buildDevice(api.db, { groupId, kind: 'handset', modemId: target.id })
    return { call, acting, imei, targetImei: target.imei, groupId }
  }

  it('quotes a price, and queues past messages for a new route only once, when confirmed', async () => {
    const { call, acting, targetImei } = await buildPast()
    const unrouted = async () => (await call('GET', '/v1/messages/inbound?unrouted=true')).body.items.length
    expect(await unrouted()).toBe(3)
    const { id } = (
      await call('POST', '/v1/routes', { source: { kind: 'buoy' }, target: { kind: 'modem', imei: targetImei } })
    ).body
    const from = '2026-01-01'
    const backfill = (body: object) => call('POST', `/v1/routes/${id}/backfill`, { from, ...body })
    const dry = (await backfill({})).body
    expect(dry).toMatchObject({
      messages: 3,
      deliveries: 2,
      skipped: { 'nothing-to-send': 1 },
      applied: false,
      isCut: false,
    })
    expect(dry.credits).toBeGreaterThan(0)
    expect(await backfill({ confirm: dry.credits - 1 })).toMatchObject({ status: 409, body: { code: 'price-changed' } })
    expect((await call('GET', '/v1/messages/outbound')).body.items).toEqual([])

    expect((await backfill({ confirm: dry.credits })).body).toMatchObject({ ...dry, applied: true })
    const queued = (await call('GET', '/v1/messages/outbound')).body.items
    expect(queued).toMatchObject([
      { state: 'queued', imei: targetImei },
      { state: 'queued', imei: targetImei },
    ])
    expect((await backfill({})).body).toMatchObject({ messages: 1, deliveries: 0, credits: 0 })
    expect(await unrouted()).toBe(1)
    const endpoint = (await call('GET', '/v1/endpoints')).body.items.find(
      ({ kind }: { kind: string }) => kind === 'modem',
    )
    const [row] = await api.db.models.Endpoint.findAll({ where: { id: endpoint.id } })
    expect(Boolean(row?.draining)).toBe(true)
    await acting.act()
    expect(acting.sent.map(({ imei }) => imei)).toEqual([targetImei, targetImei])
  })

  it('refuses a disabled route, and a period that ends before it begins', async () => {
    const { call, targetImei } = await buildPast()
    const target = { kind: 'modem', imei: targetImei }
    const { id } = (await call('POST', '/v1/routes', { source: { kind: 'buoy' }, target, enabled: false })).body
    const backfill = (body: object) => call('POST', `/v1/routes/${id}/backfill`, body)
    expect(await backfill({ from: '2026-01-01' })).toMatchObject({ status: 409, body: { code: 'route-off' } })
    expect(await backfill({ from: '2026-01-02', to: '2026-01-01' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'from', code: 'after-to' }] },
    })
  })
})
