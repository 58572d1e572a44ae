import { buildGroup, databaseKinds } from '@paikea/database/testing'
import { deliver, formBody, hex, startTestApi, type TestApi } from './test-api.ts'

/** A send buffer that was not cleared, or a GPS that froze: the same text, word for word, under new numbers. */
describe.each(databaseKinds())('a repeated payload, on %s', (kind) => {
  let api: TestApi
  let token: string
  let count = 0
  beforeAll(async () => {
    api = await startTestApi(kind)
    await buildGroup(api.db)
    // Nobody has claimed the modems of these buoys: a system administrator attaches them.
    token = await api.tokenOf(null)
  })
  afterAll(() => api.close())

  const makeBuoy = async () => {
    const imei = `30043400005${String((count += 1)).padStart(4, '0')}`
    const { iam } = (await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei })).body
    let momsn = 0
    return {
      /** @param at day and time of 2026-11 */
      send: (at: string, utc: string, latitude = '3630.0000') => {
        const data = hex(`PK101;lat:${latitude},NS:N,lon:12200.0000,EW:W,utc:${utc},batt:4.2,int:20,sl:0,st:0`)
        return deliver(api.url, formBody({ imei, momsn: (momsn += 1), transmit_time: `26-11-${at}`, data }))
      },
      reports: async () => (await api.call(token, 'GET', `/v1/devices/${iam}/reports`)).body.items,
      device: async () => (await api.call(token, 'GET', `/v1/devices/${iam}`)).body,
      messages: async () => (await api.call(token, 'GET', `/v1/messages/inbound?imei=${imei}`)).body.items,
    }
  }
  const codes = ({ problems }: { problems: { code: string }[] }) => problems.map(({ code }) => code)

  it('keeps its fix time for hours and days, is marked, and leaves the last fix unchanged', async () => {
    const buoy = await makeBuoy()
    await buoy.send('10 10:00:10', '095500')
    const first = await buoy.device()
    expect(first.positionFrozenSince).toBeNull()
    const times = ['10 12:00:10', '10 22:00:10', '11 09:00:10', '11 10:00:10', '12 10:00:10', '20 10:00:10']
    for (const at of times) await buoy.send(at, '095500')
    const fixAt = '2026-11-10T09:55:00.000Z'
    const reports = await buoy.reports()
    expect(reports).toHaveLength(7)
    for (const report of reports) expect(report).toMatchObject({ at: fixAt, fixAt, hasFix: true, latitude: 36.5 })
    const original = reports.filter((report: { isRepeat: boolean }) => !report.isRepeat)
    expect(original).toHaveLength(1)
    expect(reports.map(codes).filter((found: string[]) => found.includes('repeat'))).toHaveLength(6)
    const device = await buoy.device()
    expect(device).toMatchObject({ lastFix: { at: fixAt }, positionFrozenSince: fixAt })
    // A sign of life all the same.
    const [message] = await buoy.messages()
    expect([codes(message), message.decoded.fixAt]).toEqual([['repeat'], fixAt])
  })

  it('ends the frozen position when another fix arrives', async () => {
    const buoy = await makeBuoy()
    await buoy.send('10 10:00:10', '095500')
    await buoy.send('11 10:00:10', '095500')
    await buoy.send('11 11:00:10', '105500', '3631.0000')
    expect(await buoy.device()).toMatchObject({
      lastFix: { at: '2026-11-11T10:55:00.000Z' },
      positionFrozenSince: null,
    })
    // And a late repeat does not hold it again.
    await buoy.send('11 10:30:10', '095500')
    expect((await buoy.device()).positionFrozenSince).toBeNull()
    expect((await buoy.reports()).filter((report: { isRepeat: boolean }) => report.isRepeat)).toHaveLength(2)
  })

  it('counts as new after another payload, or after fourteen days', async () => {
    const moored = await makeBuoy()
    await moored.send('01 10:00:10', '095500')
    await moored.send('01 20:00:10', '195500')
    await moored.send('02 10:00:10', '095500')
    await moored.send('17 10:00:10', '095500')
    const reports = await moored.reports()
    expect(reports.map((report: { at: string; isRepeat: boolean }) => [report.at, report.isRepeat])).toEqual([
      ['2026-11-17T09:55:00.000Z', false],
      ['2026-11-02T09:55:00.000Z', false],
      ['2026-11-01T19:55:00.000Z', false],
      ['2026-11-01T09:55:00.000Z', false],
    ])
  })

  it('is recognised among messages that arrive together, and among late ones', async () => {
    const buoy = await makeBuoy()
    await Promise.all([
      buoy.send('10 10:00:10', '095500'),
      buoy.send('11 10:00:10', '095500'),
      buoy.send('12 10:00:10', '095500'),
    ])
    await buoy.send('13 12:00:10', '115500', '3631.0000')
    await buoy.send('12 22:00:10', '095500')
    const at = '2026-11-10T09:55:00.000Z'
    expect((await buoy.reports()).map((report: { at: string }) => report.at)).toEqual([
      '2026-11-13T11:55:00.000Z',
      at,
      at,
      at,
      at,
    ])
  })

  it('counts as new when a single character differs', async () => {
    const buoy = await makeBuoy()
    await buoy.send('10 10:00:10', '095500')
    await buoy.send('11 10:00:10', '095500', '3630.0001')
    expect((await buoy.device()).lastFix.at).toBe('2026-11-11T09:55:00.000Z')
  })
})
