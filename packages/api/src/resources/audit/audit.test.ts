import { buildGroup } from '@paikea/database/testing'
import { startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('/v1/audit', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi('sqlite', { config: { trustedProxies: ['127.0.0.1'] } })
  })
  afterAll(() => api.close())

  it('shows only the group’s administrators who changed what, from where, with before and after', async () => {
    const { id: groupId } = await buildGroup(api.db)
    const [admin, other] = [await api.tokenOf(groupId), await api.tokenOf((await buildGroup(api.db)).id)]
    const call = (method: string, path: string, body: object) =>
      fetch(`${api.url}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${admin}`,
          'Content-Type': 'application/json',
          'X-Forwarded-For': '203.0.113.9',
        },
        body: JSON.stringify(body),
      })
    await call('POST', '/v1/devices', { kind: 'buoy', iam: 'B1', label: 'old' })
    await call('PATCH', '/v1/devices/B1', { label: 'new' })
    const { body } = await api.call(admin, 'GET', '/v1/audit?subject=device%2FB1')
    expect(body.items).toMatchObject([
      { action: 'device.changed', before: { label: 'old' }, after: { label: 'new' }, address: '203.0.113.9' },
      { action: 'device.created', before: null, after: { label: 'old' }, groupId },
    ])
    expect(body.items[0].actor).toMatch(/^token\/\d+$/)
    expect((await api.call(other, 'GET', '/v1/audit?subject=device%2FB1')).body.items).toEqual([])
  })
})
