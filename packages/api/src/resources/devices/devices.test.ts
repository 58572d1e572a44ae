import { buildGroup } from '@paikea/database/testing'
import { deliver, formBody, hex, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('/v1/devices', () => {
  let api: TestApi
  let token: string
  beforeAll(async () => {
    api = await startTestApi()
    const group = await buildGroup(api.db, { name: 'crew' })
    token = await api.tokenOf(group.id)
  })
  afterAll(() => api.close())

  it('POST creates a device, named by its kind, and answers with its Location', async () => {
    const reply = await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', label: ' Tahi ' })
    expect(reply).toMatchObject({
      status: 201,
      body: { iam: 'PK001', kind: 'buoy', label: 'Tahi', group: { name: 'crew' }, modem: null, health: 'unknown' },
    })
    expect(reply.headers.get('location')).toBe('/v1/devices/PK001')
    expect((await api.call(token, 'POST', '/v1/devices', { kind: 'handset' })).body.iam).toBe('HS001')
    expect((await api.call(token, 'POST', '/v1/devices', { kind: 'rockstar' })).body.iam).toBe('RS001')
  })

  it('POST assigns distinct names to twenty devices created at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => api.call(token, 'POST', '/v1/devices', { kind: 'buoy' })),
    )
    expect(new Set(replies.map(({ body }) => body.iam)).size).toBe(20)
  })

  it('POST accepts a given name once, then answers 409', async () => {
    const make = () => api.call(token, 'POST', '/v1/devices', { kind: 'buoy', iam: 'PK900' })
    expect((await make()).status).toBe(201)
    expect(await make()).toMatchObject({ status: 409, body: { code: 'iam-taken', errors: [{ field: 'iam' }] } })
  })

  it.each<[string, unknown, string, string]>([
    ['no kind', {}, 'kind', 'required'],
    ['an unknown kind', { kind: 'submarine' }, 'kind', 'unknown-value'],
    ['a short IMEI', { kind: 'buoy', imei: '123' }, 'imei', 'invalid-format'],
    ['a name with a slash', { kind: 'buoy', iam: '../x' }, 'iam', 'invalid-format'],
    ['an unknown field', { kind: 'buoy', lable: 'x' }, 'lable', 'unknown-field'],
    ['a label that is too long', { kind: 'buoy', label: 'x'.repeat(101) }, 'label', 'too-big'],
    ['an unknown group', { kind: 'buoy', groupId: 999 }, 'groupId', 'unknown-group'],
    ['a list', [], '', 'invalid-type'],
  ])('POST answers 422 for %s and names the field', async (_what, body, field, code) => {
    const reply = await api.call(token, 'POST', '/v1/devices', body)
    expect(reply).toMatchObject({ status: 422, body: { code: 'validation-failed', errors: [{ field, code }] } })
  })

  it('PATCH sets and clears the owner of a buoy, and refuses an invalid one', async () => {
    const iamOf = async (kind: string) => (await api.call(token, 'POST', '/v1/devices', { kind })).body.iam as string
    const [buoy, handset] = [await iamOf('buoy'), await iamOf('handset')]
    const change = (iam: string, owner: string | null) => api.call(token, 'PATCH', `/v1/devices/${iam}`, { owner })
    expect((await change(buoy, handset)).body).toMatchObject({ owner: handset })
    expect((await change(buoy, null)).body).toMatchObject({ owner: null })
    const refused = (code: string) => ({ status: 422, body: { errors: [{ field: 'owner', code }] } })
    expect(await change(handset, handset)).toMatchObject(refused('not-a-buoy'))
    expect(await change(buoy, buoy)).toMatchObject(refused('kind-differs'))
    expect(await change(buoy, 'HS999')).toMatchObject(refused('unknown-device'))
  })

  it('POST with the IMEI of a modem that has already sent gives the device its history', async () => {
    const imei = '300234010000077'
    await api.enter(imei)
    const data = hex('PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:030501,batt:4.2,int:20,sl:0,st:3')
    await deliver(api.url, formBody({ imei, data }))
    const made = await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei })
    expect(made.body).toMatchObject({
      modem: { imei },
      lastFix: { at: '2026-11-24T03:05:01.000Z', latitude: 35.5, longitude: -122 },
      lastReport: { batteryVolts: 4.2, intervalMinutes: 20, reason: 'configuration-changed' },
    })
    const reports = await api.call(token, 'GET', `/v1/devices/${made.body.iam}/reports`)
    expect(reports.body.items).toMatchObject([{ latitude: 35.5, hasFix: true, iridium: { latitude: 37.8, cepKm: 8 } }])
    expect((await api.call(token, 'GET', `/v1/modems/${imei}`)).body).toMatchObject({ claimed: true })
  })

  it('PATCH changes only the fields it names', async () => {
    const { iam } = (await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', label: 'old' })).body
    const reply = await api.call(token, 'PATCH', `/v1/devices/${iam}`, { generation: 'v3', approved: false })
    expect(reply).toMatchObject({ status: 200, body: { label: 'old', generation: 'v3', approved: false } })
    expect((await api.call(token, 'PATCH', `/v1/devices/${iam}`, { label: null })).body.label).toBeNull()
  })

  it('attaches, detaches and moves a modem, and refuses one in use elsewhere', async () => {
    const make = async () => (await api.call(token, 'POST', '/v1/devices', { kind: 'buoy' })).body.iam
    const [one, two] = [await make(), await make()]
    const imei = '300234010000088'
    await api.enter(imei)
    const attach = (iam: string) => api.call(token, 'POST', `/v1/devices/${iam}/modem`, { imei })
    expect((await attach(one)).body.modem.imei).toBe(imei)
    expect(await attach(two)).toMatchObject({
      status: 409,
      body: { code: 'modem-in-use', errors: [{ field: 'imei' }] },
    })
    expect((await api.call(token, 'DELETE', `/v1/devices/${one}/modem`)).body.modem).toBeNull()
    expect((await attach(two)).body.modem.imei).toBe(imei)
    const history = await api.call(token, 'GET', `/v1/devices/${one}/modems`)
    expect(history.body.items).toEqual([{ imei, from: expect.any(String), to: expect.any(String) }])
    expect((await api.call(token, 'GET', `/v1/devices/${two}/modems`)).body.items).toMatchObject([{ imei, to: null }])
  })

  it('leaves a modem freed by another group, and its messages, to a system administrator', async () => {
    const imei = '300234010000444'
    await api.enter(imei)
    const theirs = await api.tokenOf((await buildGroup(api.db)).id)
    const { iam } = (await api.call(theirs, 'POST', '/v1/devices', { kind: 'buoy', imei })).body
    await api.call(theirs, 'DELETE', `/v1/devices/${iam}/modem`)
    await deliver(api.url, formBody({ imei, momsn: 77 }))
    expect(await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei })).toMatchObject({
      status: 409,
      body: { code: 'modem-of-another-group', errors: [{ field: 'imei' }] },
    })
    expect((await api.call(token, 'GET', `/v1/messages/inbound?imei=${imei}`)).body.items).toEqual([])
    const mine = (await api.call(token, 'POST', '/v1/devices', { kind: 'buoy' })).body.iam
    const attach = async (as: string, to: string) =>
      (await api.call(as, 'POST', `/v1/devices/${to}/modem`, { imei })).status
    expect([await attach(token, mine), await attach(await api.tokenOf(null), mine)]).toEqual([409, 200])
  })

  it('DELETE removes a device from the fleet and frees its modem', async () => {
    const imei = '300234010000099'
    await api.enter(imei)
    const { iam } = (await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei })).body
    expect((await api.call(token, 'DELETE', `/v1/devices/${iam}`)).status).toBe(204)
    expect((await api.call(token, 'GET', `/v1/devices/${iam}`)).status).toBe(404)
    expect((await api.call(token, 'GET', '/v1/fleet')).body.items.map((row: { iam: string }) => row.iam)).not.toContain(
      iam,
    )
    expect((await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei })).status).toBe(201)
  })

  it('GET pages through every device once, and refuses a cursor it did not issue', async () => {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await api.call(token, 'GET', `/v1/devices?limit=7${cursor === null ? '' : `&cursor=${cursor}`}`)
      seen.push(...page.body.items.map((row: { iam: string }) => row.iam))
      cursor = page.body.nextCursor
    } while (cursor !== null)
    const fleet = (await api.call(token, 'GET', '/v1/fleet')).body.items.map((row: { iam: string }) => row.iam)
    expect(new Set(seen).size).toBe(seen.length)
    // What waits for approval is no part of the fleet yet.
    const waiting = await api.db.models.Device.findAll({ where: { approved: false, deletedAt: null } })
    expect(waiting.length).toBeGreaterThan(0)
    expect(new Set(seen)).toEqual(new Set([...fleet, ...waiting.map(({ iam }) => iam)]))
    for (const wrong of ['x', 'MTIzNDU2Nzg5MDEyMzQ1', '%00', "1'%20OR%201=1"]) {
      const reply = await api.call(token, 'GET', `/v1/devices?cursor=${wrong}`)
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ field: 'cursor' }] } })
    }
  })

  it.each(['limit=0', 'limit=501', 'limit=x', 'kind=ship', 'what=1'])('GET answers 400 for ?%s', async (query) => {
    const reply = await api.call(token, 'GET', `/v1/devices?${query}`)
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ field: query.split('=')[0] }] } })
  })

  it('GET reports returns those between two times inclusive, and pages through them', async () => {
    const imei = '300234010000066'
    await api.enter(imei)
    const { iam } = (await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei })).body
    for (const hour of ['01', '02', '03', '04']) {
      const data = hex(`PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:${hour}0000,sog:0.5,cog:12,sta:00`)
      await deliver(api.url, formBody({ imei, momsn: Number(hour), transmit_time: `26-11-24 ${hour}:00:10`, data }))
    }
    const query = 'from=2026-11-24T02:00:00Z&to=2026-11-24T05:00:00%2B02:00'
    const { items } = (await api.call(token, 'GET', `/v1/devices/${iam}/reports?${query}`)).body
    expect(items.map((row: { at: string }) => row.at)).toEqual(['2026-11-24T03:00:00.000Z', '2026-11-24T02:00:00.000Z'])
    const first = (await api.call(token, 'GET', `/v1/devices/${iam}/reports?limit=3`)).body
    const second = (await api.call(token, 'GET', `/v1/devices/${iam}/reports?limit=3&cursor=${first.nextCursor}`)).body
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([3, 1, null])
    expect((await api.call(token, 'GET', `/v1/devices/${iam}/reports?from=yesterday`)).status).toBe(400)
  })

  it('keeps the last fix when an older report arrives hours late', async () => {
    const imei = '300234010000055'
    await api.enter(imei)
    const { iam } = (await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei })).body
    const at = (utc: string, latitude: string) =>
      hex(`PK001;lat:${latitude},NS:N,lon:12216.6021,EW:W,utc:${utc},sta:00`)
    await deliver(
      api.url,
      formBody({ imei, momsn: 2, transmit_time: '26-11-24 06:00:10', data: at('060000', '3800.0000') }),
    )
    await deliver(
      api.url,
      formBody({ imei, momsn: 1, transmit_time: '26-11-24 01:00:10', data: at('010000', '3700.0000') }),
    )
    expect((await api.call(token, 'GET', `/v1/devices/${iam}`)).body.lastFix).toMatchObject({ latitude: 38 })
  })
})
