import { buildGroup } from '@paikea/database/testing'
import { deliver, formBody, startTestApi, type TestApi } from '../../test/test-api.ts'

/** Two crews with everything that can be had; whatever one may ask, the other's must not be in the answer. */
describe('isolation between groups', () => {
  let api: TestApi
  let admin: string
  const IMEI = { a: '300234010000001', b: '300234010000002' }
  const crew = {} as Record<
    'a' | 'b',
    { token: string; iam: string; message: number; outbound: number; route: number; modem: string }
  >

  beforeAll(async () => {
    api = await startTestApi()
    admin = await api.tokenOf(null)
    for (const name of ['a', 'b'] as const) {
      const { id: groupId } = await buildGroup(api.db, { name })
      const token = await api.tokenOf(groupId, 'admin')
      const imei = IMEI[name]
      await api.enter(imei)
      const device = await api.call(token, 'POST', '/v1/devices', { kind: 'handset', imei })
      await deliver(api.url, formBody({ imei, momsn: 1 }))
      const message = (await api.call(token, 'GET', '/v1/messages/inbound')).body.items[0]
      const outbound = await api.call(token, 'POST', '/v1/messages/outbound', { imei, text: 'hello' })
      const route = await api.call(token, 'POST', '/v1/routes', {
        source: { kind: 'buoy' },
        target: { kind: 'modem', imei },
      })
      const { iam } = device.body
      crew[name] = { token, iam, message: message.id, outbound: outbound.body.id, route: route.body.id, modem: imei }
    }
  })
  afterAll(() => api.close())

  it.each(['/v1/fleet', '/v1/devices', '/v1/modems', '/v1/messages/inbound', '/v1/messages/outbound', '/v1/routes'])(
    'GET %s shows each group its own item only, and a system administrator both',
    async (path) => {
      const items = async (token: string) => (await api.call(token, 'GET', path)).body.items
      const [ofA, ofB, ofAll] = [await items(crew.a.token), await items(crew.b.token), await items(admin)]
      expect(ofA).toHaveLength(1)
      expect(ofB).toHaveLength(1)
      expect(ofAll).toHaveLength(2)
      expect(JSON.stringify(ofA)).not.toContain(IMEI.b)
      expect(JSON.stringify(ofB)).not.toContain(IMEI.a)
    },
  )

  it.each<[string, (other: (typeof crew)['a']) => string, object | undefined]>([
    ['GET', ({ iam }) => `/v1/devices/${iam}`, undefined],
    ['PATCH', ({ iam }) => `/v1/devices/${iam}`, { label: 'mine now' }],
    ['DELETE', ({ iam }) => `/v1/devices/${iam}`, undefined],
    ['POST', ({ iam }) => `/v1/devices/${iam}/modem`, { imei: '300234010000009' }],
    ['DELETE', ({ iam }) => `/v1/devices/${iam}/modem`, undefined],
    ['GET', ({ iam }) => `/v1/devices/${iam}/reports`, undefined],
    ['GET', ({ modem }) => `/v1/modems/${modem}`, undefined],
    ['POST', ({ modem }) => `/v1/modems/${modem}/claim`, {}],
    ['GET', ({ message }) => `/v1/messages/inbound/${String(message)}`, undefined],
    ['GET', ({ outbound }) => `/v1/messages/outbound/${String(outbound)}`, undefined],
    ['POST', ({ outbound }) => `/v1/messages/outbound/${String(outbound)}/cancel`, {}],
    ['POST', ({ outbound }) => `/v1/messages/outbound/${String(outbound)}/resume`, {}],
    ['GET', ({ route }) => `/v1/routes/${String(route)}`, undefined],
    ['PATCH', ({ route }) => `/v1/routes/${String(route)}`, { enabled: false }],
    ['DELETE', ({ route }) => `/v1/routes/${String(route)}`, undefined],
  ])('%s answers 404 for a resource of another group (%#)', async (method, pathOf, body) => {
    const path = pathOf(crew.b)
    expect(await api.call(crew.a.token, method, path, body)).toMatchObject({ status: 404, body: { code: 'not-found' } })
  })

  it('refuses to attach, send to or route to another group’s modem, or route from its device', async () => {
    const a = crew.a.token
    expect(await api.call(a, 'POST', '/v1/devices', { kind: 'buoy', imei: IMEI.b })).toMatchObject({ status: 409 })
    const send = await api.call(a, 'POST', '/v1/messages/outbound', { imei: IMEI.b, text: 'x' })
    expect(send).toMatchObject({ status: 422, body: { errors: [{ field: 'imei', code: 'unknown-modem' }] } })
    const target = { kind: 'modem', imei: IMEI.b }
    const to = await api.call(a, 'POST', '/v1/routes', { source: { kind: 'any' }, target })
    expect(to).toMatchObject({ status: 422, body: { errors: [{ field: 'target.imei', code: 'unknown-modem' }] } })
    const from = { source: { kind: 'handset', iam: crew.b.iam }, target: { kind: 'rockstar', serial: '1' } }
    const reply = await api.call(a, 'POST', '/v1/routes', from)
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ field: 'source.iam', code: 'unknown-device' }] } })
    expect((await api.call(admin, 'GET', '/v1/devices')).body.items).toHaveLength(2)
  })

  it.each<[string, string, string, object | undefined]>([
    ['viewer', 'POST', '/v1/devices', { kind: 'buoy' }],
    ['technician', 'POST', '/v1/devices', { kind: 'buoy' }],
    ['viewer', 'POST', '/v1/routes', {}],
    ['viewer', 'POST', '/v1/messages/outbound', {}],
    ['viewer', 'POST', '/v1/modems/300234010000001/claim', {}],
    ['operator', 'POST', '/v1/tokens', { name: 'x' }],
    ['operator', 'GET', '/v1/tokens', undefined],
    ['operator', 'DELETE', '/v1/devices/HS001', undefined],
    ['viewer', 'GET', '/v1/service/refusals', undefined],
  ])('a %s may not %s %s', async (role, method, path, body) => {
    const group = await buildGroup(api.db)
    const token = await api.tokenOf(group.id, role as 'viewer')
    expect(await api.call(token, method, path, body)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})
