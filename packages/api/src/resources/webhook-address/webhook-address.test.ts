import { createUser, systemCaller } from '@paikea/operations'
import { PASSWORD, request, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('the address for the vendor’s portal', () => {
  let api: TestApi

  beforeAll(async () => {
    api = await startTestApi('sqlite', { config: { publicUrl: 'http://buoys.example.org' } })
  })
  afterAll(() => api.close())

  it('is shown with its secret to a system administrator, and audited without it', async () => {
    const email = 'owner@example.org'
    const person = { email, password: PASSWORD, isSystemAdmin: true }
    await createUser({ db: api.db, caller: systemCaller('test') }, person)
    const session = await request(`${api.url}/v1/session`, 'POST', { email, password: PASSWORD })
    const headers = {
      Cookie: session.headers.get('set-cookie')?.split(';')[0] ?? '',
      'X-CSRF-Token': session.body.csrfToken,
    }
    const { status, body } = await request(`${api.url}/v1/webhook-address`, 'POST', undefined, headers)
    expect(status).toBe(200)
    expect(body.url).toBe(`http://buoys.example.org${String(body.path)}`)
    const [, secret = ''] = /^\/rockblock\/incoming\/(\S+)$/.exec(body.path) ?? []
    // It lets deliveries in.
    const delivered = await fetch(`${api.url}${String(body.path)}`, { method: 'POST', body: new URLSearchParams() })
    expect(delivered.status).toBe(200)
    const entries = await api.db.models.AuditLog.findAll({ where: { action: 'webhook-address.shown' } })
    expect(entries.map(({ actor }) => actor)).toEqual([`user/${String(session.body.user.id)}`])
    expect(JSON.stringify(entries)).not.toContain(secret)
    expect(api.logged()).not.toContain(secret)
  })

  it('is refused to a group administrator and to a token', async () => {
    const { cookie, csrfToken } = await api.logIn([{ group: 'a', role: 'admin' }])
    const headers = { Cookie: cookie, 'X-CSRF-Token': csrfToken }
    expect((await request(`${api.url}/v1/webhook-address`, 'POST', undefined, headers)).status).toBe(403)
    const token = await api.tokenOf(null)
    expect(await api.call(token, 'POST', '/v1/webhook-address')).toMatchObject({ status: 409 })
  })
})
