import { buildDevice, buildGroup } from '@paikea/database/testing'
import { startTestApi, type TestApi } from '../../test/test-api.ts'

describe('paths of the original API', () => {
  let api: TestApi
  let token: string
  beforeAll(async () => {
    api = await startTestApi()
    const { id: groupId } = await buildGroup(api.db)
    token = await api.tokenOf(groupId)
    await buildDevice(api.db, { groupId, iam: 'PK001', kind: 'buoy' })
    await buildDevice(api.db, { groupId, iam: 'HS001', kind: 'handset' })
  })
  afterAll(() => api.close())

  it.each([
    ['/v1/buoys', '/v1/devices?kind=buoy'],
    ['/v1/handsets?limit=1', '/v1/devices?kind=handset&limit=1'],
    ['/v1/rockstars', '/v1/devices?kind=rockstar'],
    ['/v1/rockblocks', '/v1/modems'],
    ['/json/messages', '/v1/messages/inbound'],
    ['/v1/routing', '/v1/routes'],
    ['/v1/queues', '/v1/endpoints'],
    ['/v1/app', '/v1/fleet'],
    ['/v1/device/PK001', '/v1/devices/PK001'],
  ])('%s returns the same as %s with a token, and 401 without', async (path, now) => {
    const reply = await api.call(token, 'GET', path)
    const { body } = await api.call(token, 'GET', now)
    expect([reply.status, { ...reply.body, at: null }]).toEqual([200, { ...body, at: null }])
    expect((await api.call(null, 'GET', path)).status).toBe(401)
  })

  it.each([
    ['/v1/buoys', '/'],
    ['/v1/errors', '/inbox'],
    ['/v1/routing', '/setup/routes'],
    ['/v1/device/PK001', '/devices/PK001'],
  ])('%s redirects a browser to %s', async (path, page) => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    const reply = await fetch(api.url + path, { headers, redirect: 'manual' })
    expect([reply.status, reply.headers.get('location')]).toEqual([302, page])
  })

  it('answer 404 to a POST', async () => {
    expect((await api.call(token, 'POST', '/v1/buoys', {})).status).toBe(404)
  })
})
