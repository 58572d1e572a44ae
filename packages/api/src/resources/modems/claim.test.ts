import { buildDevice, buildGroup, buildModem } from '@paikea/database/testing'
import { deliver, formBody, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('an unclaimed modem', () => {
  let api: TestApi
  let groupId: number
  let token: string
  let viewer: string
  let other: string
  beforeAll(async () => {
    api = await startTestApi()
    groupId = (await buildGroup(api.db)).id
    token = await api.tokenOf(groupId, 'operator')
    viewer = await api.tokenOf(groupId, 'viewer')
    other = await api.tokenOf((await buildGroup(api.db)).id, 'operator')
  })
  afterAll(() => api.close())
  const claim = (who: string, imei: string, body: object) => api.call(who, 'POST', `/v1/modems/${imei}/claim`, body)

  it('can be attached by an operator only after being claimed by its serial', async () => {
    const imei = '300234010753370'
    await deliver(api.url, formBody({ imei, serial: 14105 }))
    const { iam } = await buildDevice(api.db, { groupId })
    const attach = (who: string) => api.call(who, 'POST', `/v1/devices/${iam}/modem`, { imei })
    const refused = await attach(token)
    expect(refused).toMatchObject({ status: 403, body: { code: 'modem-not-claimed', errors: [{ field: 'imei' }] } })
    expect(refused.body.detail).toContain(`/v1/modems/${imei}/claim`)
    expect(await claim(token, imei, {})).toMatchObject({ status: 404 })
    expect(await claim(token, imei, { serial: '14106' })).toMatchObject({
      status: 403,
      body: { code: 'serial-differs' },
    })
    expect(await claim(token, imei, { serial: '14105' })).toMatchObject({ status: 200, body: { claimed: true } })
    expect(await claim(other, imei, { serial: '14105' })).toMatchObject({
      status: 409,
      body: { code: 'modem-of-another-group' },
    })
    expect((await attach(token)).status).toBe(200)
    const shown = async (who: string) => (await api.call(who, 'GET', `/v1/modems/${imei}`)).body.serial
    expect([await shown(token), await shown(viewer)]).toEqual(['14105', null])
  })

  it('never heard from is refused like a wrong serial, and left to a system administrator', async () => {
    const imei = '300234010999999'
    expect(await claim(token, imei, { serial: '1' })).toMatchObject({ status: 403, body: { code: 'serial-differs' } })
    expect(await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei })).toMatchObject({ status: 403 })
    expect(await api.db.models.Modem.count({ where: { imei } })).toBe(0)
    const admin = await api.tokenOf(null)
    expect((await api.call(admin, 'POST', '/v1/devices', { kind: 'buoy', imei, groupId })).status).toBe(201)
  })

  it('answers 429 to repeated guesses of its serial', async () => {
    const { imei } = await buildModem(api.db, { claimed: false, serial: '77777' })
    const tries = await api.tokenOf((await buildGroup(api.db)).id, 'operator')
    const statuses = []
    for (let serial = 0; serial < 11; serial += 1) {
      statuses.push((await claim(tries, imei, { serial: String(serial) })).status)
    }
    expect(statuses).toEqual([...Array<number>(10).fill(403), 429])
  })
})
