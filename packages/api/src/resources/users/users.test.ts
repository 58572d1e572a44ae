import { buildGroup, buildUser } from '@paikea/database/testing'
import { PASSWORD, request, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('/v1/users', () => {
  let api: TestApi
  let root: string
  let crew: number
  let admin: string
  beforeAll(async () => {
    api = await startTestApi()
    root = await api.tokenOf(null)
    crew = (await buildGroup(api.db, { name: 'crew' })).id
    admin = await api.tokenOf(crew)
  })
  afterAll(() => api.close())

  it('creates an account with a first password, changes its role, and disables it with its sessions', async () => {
    const memberships = [{ group: crew, role: 'viewer' }]
    const made = await api.call(admin, 'POST', '/v1/users', { email: 'Ana@Example.org', memberships })
    const { id, password } = made.body
    expect(made).toMatchObject({
      status: 201,
      body: { email: 'ana@example.org', roles: [{ groupId: crew, group: 'crew', role: 'viewer' }], disabledAt: null },
    })
    expect(password).toMatch(/^[\w-]{16}$/)
    const logIn = () => request(`${api.url}/v1/session`, 'POST', { email: 'ana@example.org', password })
    const session = await logIn()
    expect(session.status).toBe(200)
    const cookie = { Cookie: session.headers.get('set-cookie')?.split(';')[0] ?? '' }

    const at = `/v1/users/${String(id)}`
    const roles = [{ groupId: crew, role: 'operator' }]
    expect((await api.call(admin, 'PATCH', at, { roles })).body.roles).toMatchObject([{ role: 'operator' }])
    expect((await api.call(admin, 'PATCH', at, { disabled: true })).status).toBe(403)
    expect((await api.call(root, 'PATCH', at, { disabled: true })).body.disabledAt).toMatch(/Z$/)
    expect((await request(`${api.url}/v1/session`, 'GET', undefined, cookie)).status).toBe(401)
    expect((await logIn()).status).toBe(401)
    expect((await api.call(root, 'PATCH', at, { disabled: false })).body.disabledAt).toBeNull()
    expect((await logIn()).status).toBe(200)
    expect((await api.call(root, 'GET', '/v1/users')).body.items[0]).toMatchObject({ id })
    const audit = JSON.stringify((await api.call(root, 'GET', '/v1/audit')).body)
    expect(audit).toContain('user.changed')
    expect(audit + api.logged()).not.toContain(password)
  })

  it('keeps a group administrator from seeing or granting roles in other groups', async () => {
    const other = (await buildGroup(api.db)).id
    const hers = await api.call(root, 'POST', '/v1/users', {
      email: 'both@example.org',
      password: PASSWORD,
      memberships: [
        { group: crew, role: 'viewer' },
        { group: other, role: 'admin' },
      ],
    })
    const at = `/v1/users/${String(hers.body.id)}`
    expect((await api.call(admin, 'GET', at)).body.roles).toEqual([{ groupId: crew, group: 'crew', role: 'viewer' }])
    const stranger = await buildUser(api.db)
    expect((await api.call(admin, 'GET', `/v1/users/${String(stranger.id)}`)).status).toBe(404)
    const elsewhere = { roles: [{ groupId: other, role: null }] }
    expect((await api.call(admin, 'PATCH', at, elsewhere)).status).toBe(422)
    const wish = { email: 'new@example.org', memberships: [{ group: other, role: 'viewer' }] }
    expect((await api.call(admin, 'POST', '/v1/users', wish)).status).toBe(403)
    expect((await api.call(admin, 'POST', '/v1/users', { ...wish, isSystemAdmin: true })).status).toBe(403)
    expect((await api.call(admin, 'POST', '/v1/users', { email: 'new@example.org' })).status).toBe(422)
    const byName = { ...wish, memberships: [{ group: 'crew', role: 'viewer' }] }
    expect((await api.call(admin, 'POST', '/v1/users', byName)).status).toBe(403)
    const gone = await api.call(admin, 'PATCH', at, { roles: [{ groupId: crew, role: null }] })
    expect(gone).toMatchObject({ status: 200, body: { roles: [] } })
    expect((await api.call(admin, 'GET', at)).status).toBe(404)
    expect((await api.call(root, 'GET', at)).body.roles).toMatchObject([{ groupId: other, role: 'admin' }])
  })

  it('refuses a taken e-mail, and disabling or demoting the last system administrator', async () => {
    const body = { email: 'root@example.org', password: PASSWORD, isSystemAdmin: true }
    const { id } = (await api.call(root, 'POST', '/v1/users', body)).body
    expect(await api.call(root, 'POST', '/v1/users', body)).toMatchObject({
      status: 409,
      body: { code: 'email-taken' },
    })
    const at = `/v1/users/${String(id)}`
    for (const change of [{ disabled: true }, { isSystemAdmin: false }])
      expect(await api.call(root, 'PATCH', at, change)).toMatchObject({ status: 409, body: { code: 'last-admin' } })
    expect((await api.call(root, 'GET', at)).body).toMatchObject({ isSystemAdmin: true, disabledAt: null })
    expect((await api.call(root, 'PATCH', at, { displayName: 'Root' })).body.displayName).toBe('Root')
    expect((await api.call(root, 'PATCH', '/v1/users/987654', {})).status).toBe(404)
  })
})
