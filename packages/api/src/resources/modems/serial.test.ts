import { buildDevice, buildGroup, buildModem } from '@paikea/database/testing'
import { ROLES } from '@paikea/domain'
import { deliver, formBody, startTestApi, type TestApi } from '../../../test/test-api.ts'

/** Whoever knows it may claim the modem. */
const SERIAL = '9182736'

describe('the serial of a modem', () => {
  let api: TestApi
  let imei: string
  let groupId: number
  let message: number
  let device: string
  beforeAll(async () => {
    api = await startTestApi()
    groupId = (await buildGroup(api.db)).id
    const modem = await buildModem(api.db, { serial: SERIAL })
    imei = modem.imei
    device = (await buildDevice(api.db, { groupId, modemId: modem.id })).iam
    await deliver(api.url, formBody({ imei, serial: SERIAL }))
    const admin = await api.tokenOf(null)
    message = (await api.call(admin, 'GET', '/v1/messages/inbound')).body.items[0].id
  })
  afterAll(() => api.close())

  it.each(ROLES.map((role) => [role] as const))('is shown to a %s only with the right to claim', async (role) => {
    const token = await api.tokenOf(groupId, role)
    const paths = [
      ...['/v1/fleet', '/v1/devices', `/v1/devices/${device}`, '/v1/modems', `/v1/modems/${imei}`],
      ...['/v1/messages/inbound', `/v1/messages/inbound/${String(message)}`],
    ]
    for (const path of paths) {
      const reply = await api.call(token, 'GET', path)
      expect(reply.status).toBe(200)
      const isShown = JSON.stringify(reply.body).includes(SERIAL)
      expect([path, isShown]).toEqual([path, role === 'operator' || role === 'admin'])
    }
    const { rawBody } = (await api.call(token, 'GET', `/v1/messages/inbound/${String(message)}`)).body
    expect(rawBody !== null).toBe(role === 'operator' || role === 'admin')
  })
})

describe('a system administrator without a group', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi()
  })
  afterAll(() => api.close())

  it('lists and attaches unclaimed modems, which the device’s group still sees after detaching them', async () => {
    const admin = await api.tokenOf(null)
    const group = await buildGroup(api.db)
    const [own, other] = [await api.tokenOf(group.id, 'operator'), await api.tokenOf((await buildGroup(api.db)).id)]
    const { imei } = await buildModem(api.db, { claimed: false, serial: '4711' })
    const { iam } = await buildDevice(api.db, { groupId: group.id })
    const unclaimed = await api.call(admin, 'GET', '/v1/modems?claimed=false')
    expect(unclaimed.body.items).toMatchObject([{ imei, serial: '4711', device: null }])
    const listed = async (token: string) => (await api.call(token, 'GET', '/v1/modems')).body.items
    expect(await listed(own)).toEqual([])
    const path = `/v1/devices/${iam}/modem`
    expect((await api.call(admin, 'POST', path, { imei })).body).toMatchObject({ modem: { imei } })
    expect((await api.call(own, 'DELETE', path, {})).body).toMatchObject({ modem: null })
    expect(await listed(own)).toMatchObject([{ imei, device: null }])
    expect(await listed(other)).toEqual([])
    expect((await api.call(own, 'POST', '/v1/messages/outbound', { imei, text: 'x' })).status).toBe(201)
    expect((await api.call(other, 'POST', '/v1/messages/outbound', { imei, text: 'x' })).status).toBe(422)
  })
})
