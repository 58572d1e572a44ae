import { buildGroup } from '@paikea/database/testing'
import { startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('/v1/routes', () => {
  let api: TestApi
  let token: string
  let buoy: string
  const BUOY_IMEI = '300234010000001'
  const imei = '300234010000002'
  beforeAll(async () => {
    api = await startTestApi()
    const group = await buildGroup(api.db)
    token = await api.tokenOf(group.id)
    await api.enter(BUOY_IMEI, imei)
    buoy = (await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei: BUOY_IMEI })).body.iam
    await api.call(token, 'POST', '/v1/devices', { kind: 'handset', imei })
  })
  afterAll(() => api.close())
  const post = (body: unknown) => api.call(token, 'POST', '/v1/routes', body)

  it('POST creates a route from a buoy to a handset’s modem', async () => {
    const body = {
      source: { kind: 'buoy', iam: buoy },
      messageType: 'PK001',
      target: { kind: 'modem', imei },
      enabled: true,
    }
    const reply = await post(body)
    expect(reply).toMatchObject({ status: 201, body })
    expect((await api.call(token, 'GET', reply.headers.get('location') ?? '')).body).toEqual(reply.body)
  })

  it.each<[string, object, string, string]>([
    ['no source', { target: { kind: 'rockstar', serial: '1' } }, 'source', 'required'],
    ['an unknown source kind', { source: { kind: 'ship' } }, 'source.kind', 'unknown-value'],
    ['an unknown target kind', { target: { kind: 'pigeon' } }, 'target.kind', 'unknown-value'],
    ['a modem target without IMEI', { target: { kind: 'modem' } }, 'target.imei', 'required'],
    ['an unknown message type', { messageType: 'PK999' }, 'messageType', 'unknown-value'],
    ['an unknown modem', { target: { kind: 'modem', imei: '300000000000000' } }, 'target.imei', 'unknown-modem'],
    ['an unknown device', { source: { kind: 'any', iam: 'PK999' } }, 'source.iam', 'unknown-device'],
    ['a kind other than the device’s', { source: { kind: 'handset', iam: 'PK001' } }, 'source.kind', 'kind-differs'],
    [
      'the source’s own modem',
      { source: { kind: 'buoy', iam: 'PK001' }, target: { kind: 'modem', imei: BUOY_IMEI } },
      'target.imei',
      'loop',
    ],
    ['a command to a handset', { messageType: 'PK006' }, 'messageType', 'no-format'],
    [
      'a position to a buoy',
      { source: { kind: 'handset' }, messageType: 'PK001', target: { kind: 'modem', imei: BUOY_IMEI } },
      'messageType',
      'no-format',
    ],
    [
      'a command to a tracker',
      { source: { kind: 'any' }, messageType: 'PK005', target: { kind: 'rockstar', serial: '3' } },
      'messageType',
      'no-format',
    ],
    ['a non-numeric serial', { target: { kind: 'rockstar', serial: 'x' } }, 'target.serial', 'invalid-format'],
  ])('POST answers 422 for %s and names the field', async (_what, overrides, field, code) => {
    const base =
      'target' in overrides && !('source' in overrides) && field === 'source' ? {} : { source: { kind: 'buoy' } }
    const reply = await post({ ...base, target: { kind: 'modem', imei }, ...overrides })
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ field, code }] } })
  })

  it('POST answers 409 for a duplicate, even when both are created at once', async () => {
    const body = { source: { kind: 'any' }, messageType: 'PK001', target: { kind: 'rockstar', serial: '25001' } }
    const replies = await Promise.all([post(body), post(body), post(body)])
    expect(replies.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409, 409])
    expect(await post(body)).toMatchObject({
      status: 409,
      body: { code: 'route-exists', errors: [{ field: 'target' }] },
    })
  })

  it('PATCH disables or redirects a route, and DELETE removes it', async () => {
    const { id } = (await post({ source: { kind: 'handset' }, target: { kind: 'rockstar', serial: '7' } })).body
    expect((await api.call(token, 'PATCH', `/v1/routes/${id}`, { enabled: false })).body).toMatchObject({
      id,
      enabled: false,
    })
    const target = { kind: 'modem', imei }
    expect((await api.call(token, 'PATCH', `/v1/routes/${id}`, { target })).body).toMatchObject({
      target,
      enabled: false,
    })
    expect((await api.call(token, 'DELETE', `/v1/routes/${id}`)).status).toBe(204)
    expect((await api.call(token, 'GET', `/v1/routes/${id}`)).status).toBe(404)
  })

  it('POST and PATCH refuse routes between two handsets that would form a loop', async () => {
    const [here, there] = ['300234010000003', '300234010000004']
    await api.enter(here, there)
    const names: string[] = []
    for (const one of [here, there]) {
      names.push((await api.call(token, 'POST', '/v1/devices', { kind: 'handset', imei: one })).body.iam)
    }
    const to = (from: number, target: string) => ({
      source: { kind: 'handset', iam: names[from] },
      target: { kind: 'modem', imei: target },
    })
    await post(to(0, there))
    const loop = { status: 422, body: { errors: [{ field: 'target', code: 'loop' }] } }
    expect(await post(to(1, here))).toMatchObject(loop)
    const off = await post({ ...to(1, here), enabled: false })
    expect(off.status).toBe(201)
    const at = `/v1/routes/${String(off.body.id)}`
    expect(await api.call(token, 'PATCH', at, { enabled: true })).toMatchObject(loop)
  })

  it('PATCH answers 409 when it would duplicate another route', async () => {
    const one = { source: { kind: 'buoy' }, messageType: 'any', target: { kind: 'rockstar', serial: '8' } }
    await post(one)
    const { id } = (await post({ ...one, target: { kind: 'rockstar', serial: '9' } })).body
    expect((await api.call(token, 'PATCH', `/v1/routes/${id}`, { target: one.target })).status).toBe(409)
  })
})
