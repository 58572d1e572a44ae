import { buildDevice, buildModem } from '@paikea/database/testing'
import { request, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('routes to a modem of a group in which one only looks', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi()
  })
  afterAll(() => api.close())

  it('are as little allowed as sending to it', async () => {
    const session = await api.logIn([
      { group: 'a', role: 'operator' },
      { group: 'b', role: 'viewer' },
    ])
    const headers = { Cookie: session.cookie, 'X-CSRF-Token': session.csrfToken }
    const post = (path: string, body: unknown) => request(`${api.url}${path}`, 'POST', body, headers)
    const groups = await api.db.models.Group.findAll()
    const idOf = (name: string): number => groups.find((group) => group.name === name)?.id ?? 0
    const build = async (group: string, kind: 'buoy' | 'handset') => {
      const { id: modemId, imei } = await buildModem(api.db)
      const { iam } = await buildDevice(api.db, { groupId: idOf(group), kind, modemId })
      return { imei, iam }
    }
    const [buoy, own, theirs] = [await build('a', 'buoy'), await build('a', 'handset'), await build('b', 'handset')]
    const routeTo = (imei: string) =>
      post('/v1/routes', { source: { kind: 'buoy', iam: buoy.iam }, target: { kind: 'modem', imei } })
    expect((await post('/v1/messages/outbound', { imei: theirs.imei, text: 'x' })).status).toBe(403)
    expect(await routeTo(theirs.imei)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const made = await routeTo(own.imei)
    expect(made.status).toBe(201)
    const changed = await request(
      `${api.url}/v1/routes/${String(made.body.id)}`,
      'PATCH',
      { target: { kind: 'modem', imei: theirs.imei } },
      headers,
    )
    expect(changed).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})
