import { createToken, createUser, resetPassword, systemCaller } from '@paikea/operations'
import { type EventStream, openEvents } from '../../test/event-stream.ts'
import { PASSWORD, request, startTestApi, type TestApi } from '../../test/test-api.ts'

const context = ({ db }: TestApi) => ({ db, caller: systemCaller('test') })

describe('logging in', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi('sqlite', {
      config: { publicUrl: 'https://paikea.example', rateLimits: { failedLogIns: 3 } },
    })
  })
  afterAll(() => api.close())
  const session = (method: string, headers: Record<string, string> = {}, body?: unknown) =>
    request(`${api.url}/v1/session`, method, body, headers)

  it('POST /v1/session returns the user and a CSRF token, and sets an HttpOnly cookie', async () => {
    await createUser(context(api), {
      email: 'Ada@Example.org',
      password: PASSWORD,
      memberships: [{ group: 'a', role: 'viewer' }],
    })
    const reply = await session('POST', {}, { email: 'ada@example.ORG', password: PASSWORD })
    expect(reply).toMatchObject({
      status: 200,
      body: { user: { email: 'ada@example.org', isSystemAdmin: false, groups: [{ name: 'a', role: 'viewer' }] } },
    })
    expect(reply.body.csrfToken).toHaveLength(43)
    expect(reply.headers.get('set-cookie')).toMatch(
      /^__Host-paikea_session=[\w-]{43}; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Strict; Secure$/,
    )
    expect(JSON.stringify(reply.body)).not.toContain('scrypt')
  })

  it('answers the same for a wrong password and an unknown e-mail', async () => {
    await createUser(context(api), { email: 'wrong@example.org', password: PASSWORD })
    const wrong = await session('POST', {}, { email: 'wrong@example.org', password: 'something else' })
    const unknown = await session('POST', {}, { email: 'nobody@example.org', password: 'something else' })
    expect(wrong).toMatchObject({ status: 401, body: { code: 'wrong-credentials' } })
    expect(unknown.body).toEqual({ ...wrong.body, requestId: unknown.body.requestId })
  })

  it('answers 429 after too many failed log-ins for one e-mail, but not for another', async () => {
    await createUser(context(api), { email: 'target@example.org', password: PASSWORD })
    await createUser(context(api), { email: 'other@example.org', password: PASSWORD })
    for (let i = 0; i < 3; i += 1) await session('POST', {}, { email: 'target@example.org', password: 'guess' })
    const reply = await session('POST', {}, { email: 'target@example.org', password: PASSWORD })
    expect(reply).toMatchObject({ status: 429, body: { code: 'too-many-requests' } })
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await session('POST', {}, { email: 'other@example.org', password: PASSWORD })).status).toBe(200)
  })

  it('answers 429 after too many wrong tokens from one address, even to a valid token', async () => {
    const strict = await startTestApi('sqlite', { config: { rateLimits: { failedTokens: 3 } } })
    try {
      const right = await strict.tokenOf(null)
      const ask = (token: string) => strict.call(token, 'GET', '/v1/devices')
      for (let i = 0; i < 3; i += 1) expect((await ask(`pk_guess-${String(i)}`)).status).toBe(401)
      expect(await ask(right)).toMatchObject({ status: 429, body: { code: 'too-many-requests' } })
    } finally {
      await strict.close()
    }
  })

  it('lets a session read freely, but make changes only with its own CSRF token', async () => {
    const { cookie, csrfToken } = await api.logIn([{ group: 'a', role: 'operator' }])
    expect((await session('GET', { Cookie: cookie })).body.csrfToken).toBe(csrfToken)
    const make = (headers: Record<string, string>) =>
      request(`${api.url}/v1/devices`, 'POST', { kind: 'buoy' }, { Cookie: cookie, ...headers })
    expect(await make({})).toMatchObject({ status: 403, body: { code: 'csrf' } })
    const other = await api.logIn([{ group: 'a', role: 'operator' }])
    expect(await make({ 'X-CSRF-Token': other.csrfToken })).toMatchObject({ status: 403, body: { code: 'csrf' } })
    expect((await make({ 'X-CSRF-Token': csrfToken })).status).toBe(201)
  })

  it('DELETE /v1/session ends the session, given its CSRF token', async () => {
    const { cookie, csrfToken } = await api.logIn([{ group: 'a', role: 'viewer' }])
    expect((await session('DELETE', { Cookie: cookie })).status).toBe(403)
    expect((await session('DELETE', { Cookie: cookie, 'X-CSRF-Token': csrfToken })).status).toBe(204)
    expect((await session('GET', { Cookie: cookie })).status).toBe(401)
  })

  it('ends every session of a user whose password is reset', async () => {
    await createUser(context(api), { email: 'reset@example.org', password: PASSWORD })
    const reply = await session('POST', {}, { email: 'reset@example.org', password: PASSWORD })
    const cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? ''
    await resetPassword(context(api), { email: 'reset@example.org', password: 'a brand new one' })
    expect((await session('GET', { Cookie: cookie })).status).toBe(401)
    expect((await session('POST', {}, { email: 'reset@example.org', password: 'a brand new one' })).status).toBe(200)
  })

  it.each(['a\0@example.org', 'a\u202e@example.org', 'a\n@example.org'])(
    'refuses an invalid e-mail: %j',
    async (email) => {
      const reply = await session('POST', {}, { email, password: PASSWORD })
      expect(reply).toMatchObject({ status: 422, body: { errors: [{ field: 'email' }] } })
    },
  )

  it('answers 413 to an oversized log-in body', async () => {
    expect((await session('POST', {}, { email: 'a@b', password: 'x'.repeat(9000) })).status).toBe(413)
  })

  it('refuses a log-in sent from another site or as a form', async () => {
    const reply = await session('POST', { 'Sec-Fetch-Site': 'cross-site' }, { email: 'a@b', password: 'x' })
    expect(reply.status).toBe(403)
    const form = await fetch(`${api.url}/v1/session`, { method: 'POST', body: new URLSearchParams({ email: 'a@b' }) })
    expect(form.status).toBe(415)
  })

  it.each(['Bearer pk_wrong', 'Bearer', 'Basic YTpi', 'Bearer pk_a pk_b'])('answers 401 for "%s"', async (header) => {
    const reply = await request(`${api.url}/v1/fleet`, 'GET', undefined, { Authorization: header })
    expect(reply).toMatchObject({ status: 401, body: { code: 'not-logged-in' } })
    expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="paikea"')
  })
})

describe('tokens', () => {
  let api: TestApi
  let admin: string
  beforeAll(async () => {
    api = await startTestApi()
    admin = await api.tokenOf(null)
  })
  afterAll(() => api.close())

  it('are shown at creation, listed without the secret, and stop working when revoked', async () => {
    const { id: groupId } = await api.db.write((tx) =>
      api.db.models.Group.create({ name: 'crew' }, { transaction: tx }),
    )
    const made = await api.call(admin, 'POST', '/v1/tokens', { name: 'script', role: 'viewer', groupId })
    expect(made).toMatchObject({ status: 201, body: { name: 'script', role: 'viewer', groupId, isSystemAdmin: false } })
    const { token, id } = made.body
    expect(token).toMatch(/^pk_[\w-]{43}$/)
    expect((await api.call(token, 'GET', '/v1/fleet')).status).toBe(200)
    const list = await api.call(admin, 'GET', '/v1/tokens')
    expect(list.body.items.map((row: { id: number }) => row.id)).toContain(id)
    expect(JSON.stringify(list.body)).not.toContain(token)
    expect((await api.call(admin, 'DELETE', `/v1/tokens/${id}`)).status).toBe(204)
    expect((await api.call(token, 'GET', '/v1/fleet')).status).toBe(401)
    expect((await api.call(admin, 'DELETE', `/v1/tokens/${id}`)).status).toBe(404)
  })

  it('of one person share the limit on open event streams', async () => {
    const { id: ownerUserId } = await createUser(context(api), { email: 'maker@example.org', password: PASSWORD })
    const maker = { ...systemCaller('test'), ownerUserId }
    const own = await createToken({ db: api.db, caller: maker }, { name: 'own', isSystemAdmin: true })
    const grandchild = await api.call(own.token, 'POST', '/v1/tokens', { name: 'next', isSystemAdmin: true })
    const streams: EventStream[] = []
    const open = async (token: string, count: number) => {
      const ask = () => openEvents(api.url, { Authorization: `Bearer ${token}` })
      const opened = await Promise.all(Array.from({ length: count }, ask))
      streams.push(...opened)
      return opened.filter(({ status }) => status === 200).length
    }
    expect(await open(own.token, 20)).toBe(20)
    expect(await open(grandchild.body.token, 20)).toBe(10)
    expect(await open(admin, 1)).toBe(1)
    for (const stream of streams) stream.close()
  })

  it('never grant more than the rights of their creator', async () => {
    const { id: groupId } = await api.db.write((tx) => api.db.models.Group.create({ name: 'own' }, { transaction: tx }))
    const { id: other } = await api.db.write((tx) => api.db.models.Group.create({ name: 'other' }, { transaction: tx }))
    const own = await api.tokenOf(groupId, 'admin')
    const make = (body: object) => api.call(own, 'POST', '/v1/tokens', { name: 't', ...body })
    expect((await make({ isSystemAdmin: true })).status).toBe(403)
    expect(await make({ groupId: other })).toMatchObject({ status: 422, body: { errors: [{ field: 'groupId' }] } })
    expect((await make({ role: 'admin' })).body).toMatchObject({ groupId, role: 'admin' })
    for (const row of (await api.call(own, 'GET', '/v1/tokens')).body.items) expect(row.groupId).toBe(groupId)
  })
})
