import { listAudit } from '@paikea/database'
import { buildRoutedPair, createActing } from '../../../test/acting.ts'
import { deliver, formBody, hex, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('/v1/airtime', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi()
  })
  afterAll(() => api.close())

  it('shows spending, stops at the budget, and resumes after an override or a waiver', async () => {
    const { groupId, imei, iam, targetImei } = await buildRoutedPair(api, 'buoy')
    const token = await api.tokenOf(groupId, 'admin')
    const acting = createActing(api)
    const call = (method: string, path: string, body?: object) => api.call(token, method, path, body)
    const report = async (momsn: number, utc: string) => {
      const data = hex(`PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:${utc},batt:4.2,int:10,sl:0,st:0`)
      await deliver(
        api.url,
        formBody({ imei, momsn, data, transmit_time: `26-11-24 ${utc.replaceAll(/(..)(?=.)/g, '$1:')}` }),
      )
      await acting.act()
    }
    await report(1, '030501')
    const { credits } = (await call('GET', '/v1/messages/outbound')).body.items[0]
    const sum = { credits, messages: 1 }
    // 80 bytes of the buoy's own.
    const received = { receivedCredits: 2, receivedMessages: 1 }
    expect((await call('GET', '/v1/airtime')).body).toMatchObject({
      ...sum,
      ...received,
      items: [{ key: iam, ...sum, ...received }],
      warnings: [],
    })
    const [message] = (await call('GET', '/v1/messages/inbound')).body.items
    expect((await call('GET', `/v1/messages/inbound/${String(message.id)}`)).body).toMatchObject({ credits: 2 })
    expect((await call('GET', '/v1/airtime?by=modem')).body.items).toEqual(
      expect.arrayContaining([
        { key: `modem/${targetImei}`, ...sum, receivedCredits: 0, receivedMessages: 0 },
        { key: `modem/${imei}`, credits: 0, messages: 0, ...received },
      ]),
    )
    expect((await call('GET', '/v1/airtime?by=group&month=2020-01')).body).toMatchObject({ credits: 0, items: [] })

    const set = await call('PUT', '/v1/airtime/budgets', { iam, stopCredits: credits })
    expect(set.body.items).toContainEqual(
      expect.objectContaining({ scope: 'device', iam, period: 'month', stopCredits: credits, level: 'stop' }),
    )
    await report(2, '031501')
    const stopped = (await call('GET', '/v1/messages/outbound?state=queued')).body.items
    expect(stopped).toMatchObject([{ reason: { code: 'airtime-device-month' } }])
    expect((await call('POST', '/v1/airtime/override', { groupId, hours: 1, reason: 'x' })).body).toMatchObject({
      code: 'no-stop',
    })
    const otherPeriod = { iam, period: 'hour', hours: 1, reason: 'x' }
    expect((await call('POST', '/v1/airtime/override', otherPeriod)).body).toMatchObject({
      code: 'no-stop',
      detail: 'No stop level per hour is set for it; there is one per month.',
    })
    const waive = `/v1/messages/outbound/${String(stopped[0].id)}/waive`
    expect((await call('POST', waive, { reason: 'the crew asked for it' })).body).toMatchObject({
      state: 'queued',
      reason: null,
    })
    await acting.act()
    expect(acting.sent).toHaveLength(2)

    await report(3, '032501')
    expect(acting.sent).toHaveLength(2)
    const over = await call('POST', '/v1/airtime/override', { iam, hours: 2, reason: 'a search' })
    expect(over).toMatchObject({ status: 200, body: { until: expect.any(String) } })
    await acting.act()
    expect(acting.sent).toHaveLength(3)
    const entries = await listAudit(api.db, { scope: { all: true }, limit: 20, afterId: null })
    expect(entries.filter(({ action }) => action.startsWith('airtime.'))).toMatchObject([
      { action: 'airtime.overridden', subject: `airtime/device/${iam}`, after: { reason: 'a search' } },
      { action: 'airtime.waived', after: { reason: 'the crew asked for it' } },
      { action: 'airtime.budget-changed', before: null, after: { stopCredits: credits } },
    ])
    // Without a period it lifts the stop of an hour as well.
    await call('PUT', '/v1/airtime/budgets', { iam, period: 'hour', stopCredits: 1 })
    await call('POST', '/v1/airtime/override', { iam, hours: 1, reason: 'both' })
    const lifted = (await call('GET', '/v1/airtime/budgets')).body.items.filter(
      (item: { readonly iam: string | null; readonly overrideUntil: string | null }) =>
        item.iam === iam && item.overrideUntil !== null,
    )
    expect(lifted.map((item: { readonly period: string }) => item.period).toSorted()).toEqual(['hour', 'month'])
  })

  it.each<[object, string, string]>([
    [{ iam: 'PK777', stopCredits: 1, groupId: 1 }, 'groupId', 'one-of-two'],
    [{ groupId: 999, stopCredits: 1 }, 'groupId', 'unknown-group'],
    [{ warnCredits: 5, stopCredits: 1 }, 'warnCredits', 'above-stop'],
    [{ stopCredits: -1 }, 'stopCredits', 'too-small'],
    [{ period: 'week' }, 'period', 'unknown-value'],
  ])('PUT budgets answers 422 for %j', async (body, field, code) => {
    const reply = await api.call(await api.tokenOf(null), 'PUT', '/v1/airtime/budgets', body)
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ field, code }] } })
  })

  it('lets a group administrator neither set nor see the overall budget', async () => {
    const { groupId } = await buildRoutedPair(api, 'buoy')
    const token = await api.tokenOf(groupId, 'admin')
    const reply = await api.call(token, 'PUT', '/v1/airtime/budgets', { stopCredits: 10 })
    expect(reply).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const { items } = (await api.call(token, 'GET', '/v1/airtime/budgets')).body
    expect(items.map(({ scope }: { scope: string }) => scope)).toEqual(['group', 'group'])
  })
})
