import { Secret, TOTP } from 'otpauth'
import { createUser, systemCaller } from '@paikea/operations'
import { PASSWORD, request, type Reply, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe("people's own accounts", () => {
  let api: TestApi
  const mails: { to: string; text: string }[] = []
  let people = 0

  beforeAll(async () => {
    api = await startTestApi('sqlite', {
      mailer: { send: async (mail) => void mails.push(mail) },
      config: { publicUrl: 'http://buoys.example.org' },
    })
  })
  afterAll(() => api.close())

  async function makePerson(): Promise<string> {
    people += 1
    const email = `ada-${String(people)}@example.org`
    await createUser({ db: api.db, caller: systemCaller('test') }, { email, password: PASSWORD })
    return email
  }
  const logIn = (email: string, password = PASSWORD, code?: string) =>
    request(`${api.url}/v1/session`, 'POST', { email, password, ...(code === undefined ? {} : { code }) })
  const as = (session: Reply, method: string, path: string, body?: unknown) =>
    request(`${api.url}${path}`, method, body, {
      Cookie: session.headers.get('set-cookie')?.split(';')[0] ?? '',
      'X-CSRF-Token': session.body.csrfToken,
    })

  it('list their sessions, and end one of them or all others', async () => {
    const email = await makePerson()
    const [one, other, third] = [await logIn(email), await logIn(email), await logIn(email)]
    const list = (await as(one, 'GET', '/v1/sessions')).body.items
    expect(list.map(({ isThis }: { isThis: boolean }) => isThis)).toEqual([false, false, true])
    expect(list[0]).toMatchObject({ address: '127.0.0.1', userAgent: 'node' })
    expect((await as(one, 'DELETE', `/v1/sessions/${String(list[0].id)}`)).status).toBe(204)
    expect((await as(third, 'GET', '/v1/session')).status).toBe(401)
    const stranger = await logIn(await makePerson())
    expect((await as(stranger, 'DELETE', `/v1/sessions/${String(list[1].id)}`)).status).toBe(404)
    expect((await as(one, 'DELETE', '/v1/sessions')).body).toEqual({ ended: 1 })
    expect((await as(other, 'GET', '/v1/session')).status).toBe(401)
    expect((await as(one, 'GET', '/v1/session')).status).toBe(200)
  })

  it('change their password, which ends their other sessions', async () => {
    const email = await makePerson()
    const [one, other] = [await logIn(email), await logIn(email)]
    const change = (password: string, newPassword: string) =>
      as(one, 'PUT', '/v1/session/password', { password, newPassword })
    expect(await change('a guess', 'a better password')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'password', code: 'wrong-password' }] },
    })
    expect((await change(PASSWORD, 'short')).status).toBe(422)
    expect((await change(PASSWORD, 'a better password')).status).toBe(204)
    expect((await as(one, 'GET', '/v1/session')).status).toBe(200)
    expect((await as(other, 'GET', '/v1/session')).status).toBe(401)
    expect((await logIn(email)).status).toBe(401)
    expect((await logIn(email, 'a better password')).status).toBe(200)
  })

  it('get a mailed link that sets a password once, without revealing who has an account', async () => {
    const email = await makePerson()
    const session = await logIn(email)
    const ask = (whom: string) => request(`${api.url}/v1/password-links`, 'POST', { email: whom })
    const replies = [await ask('nobody@example.org'), await ask(email.toUpperCase())]
    expect(replies.map(({ status, body }) => [status, body])).toEqual([
      [202, { status: 'asked' }],
      [202, { status: 'asked' }],
    ])
    for (let tries = 0; mails.length === 0 && tries < 600; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(mails.map(({ to }) => to)).toEqual([email])
    const token = /\/set-password#(\S+)/.exec(mails[0]?.text ?? '')?.[1] ?? ''
    const use = (secret: string, password: string) =>
      request(`${api.url}/v1/password-links/use`, 'POST', { token: secret, password })
    expect((await use('another', 'a new password')).status).toBe(422)
    expect((await use(token, 'a new password')).status).toBe(204)
    expect(await use(token, 'a newer password')).toMatchObject({ body: { errors: [{ code: 'link-over' }] } })
    expect((await as(session, 'GET', '/v1/session')).status).toBe(401)
    expect((await logIn(email, 'a new password')).status).toBe(200)
    expect(api.logged()).not.toContain(token)
  })

  it('support a second factor whose codes each work once', async () => {
    const email = await makePerson()
    const session = await logIn(email)
    const begun = await as(session, 'POST', '/v1/session/second-factor', { password: PASSWORD })
    expect(begun).toMatchObject({ status: 201, body: { uri: expect.stringMatching(/^otpauth:\/\/totp\/Paikea/) } })
    const totp = new TOTP({ issuer: 'Paikea', secret: Secret.fromBase32(begun.body.secret) })
    // The step after now counts too, so the same test holds at the turn of a step.
    const codeOf = (steps: number) => totp.generate({ timestamp: Date.now() + steps * 30_000 })
    // Not before a code of it was shown.
    expect((await logIn(email)).status).toBe(200)
    expect((await as(session, 'PUT', '/v1/session/second-factor', { code: '000000' })).status).toBe(422)
    expect((await as(session, 'PUT', '/v1/session/second-factor', { code: codeOf(0) })).status).toBe(204)
    expect(await logIn(email)).toMatchObject({ status: 401, body: { code: 'second-factor-required' } })
    expect(await logIn(email, 'a guess')).toMatchObject({ status: 401, body: { code: 'wrong-credentials' } })
    const next = codeOf(1)
    expect((await logIn(email, PASSWORD, next)).status).toBe(200)
    expect(await logIn(email, PASSWORD, next)).toMatchObject({ status: 401, body: { code: 'wrong-credentials' } })
    expect((await as(session, 'POST', '/v1/session/second-factor/end', { password: PASSWORD })).status).toBe(204)
    expect((await logIn(email)).status).toBe(200)
  })

  it('have recovery codes that each replace the second factor once', async () => {
    const email = await makePerson()
    const session = await logIn(email)
    const make = () => as(session, 'POST', '/v1/session/recovery-codes', { password: PASSWORD })
    expect(await make()).toMatchObject({ status: 409, body: { code: 'no-second-factor' } })
    const begun = await as(session, 'POST', '/v1/session/second-factor', { password: PASSWORD })
    const totp = new TOTP({ issuer: 'Paikea', secret: Secret.fromBase32(begun.body.secret) })
    const code = totp.generate({ timestamp: Date.now() })
    expect((await as(session, 'PUT', '/v1/session/second-factor', { code })).status).toBe(204)
    const state = async () => (await as(session, 'GET', '/v1/session/second-factor')).body
    expect(await state()).toEqual({ since: expect.any(String), recoveryCodesLeft: 0 })
    const old: string[] = (await make()).body.codes
    const codes: string[] = (await make()).body.codes
    expect(new Set(codes).size).toBe(8)
    for (const one of codes) expect(one).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){5}$/)
    const [first = '', second = ''] = codes
    expect((await logIn(email, PASSWORD, old[0])).status).toBe(401)
    expect((await logIn(email, PASSWORD, first.toLowerCase().replaceAll('-', ' '))).status).toBe(200)
    expect(await logIn(email, PASSWORD, first)).toMatchObject({ status: 401, body: { code: 'wrong-credentials' } })
    const other = await makePerson()
    expect((await logIn(other, PASSWORD, second)).status).toBe(200)
    expect(await state()).toMatchObject({ recoveryCodesLeft: 7 })
    const list = (await as(session, 'GET', '/v1/sessions')).body.items
    expect(list[0]).toMatchObject({ method: 'password+recovery-code' })
    expect(api.logged()).not.toContain(second)
    expect((await as(session, 'POST', '/v1/session/second-factor/end', { password: PASSWORD })).status).toBe(204)
    expect(await state()).toEqual({ since: null, recoveryCodesLeft: 0 })
  })

  it.each([
    ['that leaked', 'iloveyou1'],
    ['built from the product name', 'Paikea-2026!'],
    ['built from their own name', 'ADA_20261129'],
  ])('refuse a password %s', async (_why, newPassword) => {
    const email = await makePerson()
    const session = await logIn(email)
    const reply = await as(session, 'PUT', '/v1/session/password', { password: PASSWORD, newPassword })
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ code: 'password-too-common' }] } })
  })

  it('stay logged in for at most 90 days, however active', async () => {
    const email = await makePerson()
    const session = await logIn(email)
    const longAgo = new Date(Date.now() - 80 * 86_400_000)
    await api.db.write((transaction) =>
      api.db.models.Session.update({ createdAt: longAgo, lastSeenAt: longAgo }, { where: {}, transaction }),
    )
    const ends = async () => Date.parse((await as(session, 'GET', '/v1/sessions')).body.items[0].expiresAt)
    const longest = longAgo.getTime() + 90 * 86_400_000
    // Its use is written down beside the answer.
    for (let tries = 0; (await ends()) > longest && tries < 600; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(await ends()).toBe(longest)
  })

  it('can be logged out everywhere, by a system administrator only', async () => {
    const session = await logIn(await makePerson())
    const path = `/v1/users/${String(session.body.user.id)}/sessions`
    expect((await as(session, 'DELETE', path)).status).toBe(403)
    expect((await api.call(await api.tokenOf(null), 'DELETE', path)).body).toEqual({ ended: 1 })
    expect((await as(session, 'GET', '/v1/session')).status).toBe(401)
  })

  it('can only set up a second factor until they have one, where the installation requires it', async () => {
    const strict = await startTestApi('sqlite', { config: { requiresSecondFactor: true } })
    try {
      const { cookie, csrfToken } = await strict.logIn([{ group: 'a', role: 'admin' }])
      const ask = (method: string, path: string, body?: unknown) =>
        request(`${strict.url}${path}`, method, body, { Cookie: cookie, 'X-CSRF-Token': csrfToken })
      const held = { status: 403, body: { code: 'second-factor-missing' } }
      expect(await ask('GET', '/v1/fleet')).toMatchObject(held)
      expect(await ask('POST', '/v1/devices', { kind: 'buoy' })).toMatchObject(held)
      const begun = await ask('POST', '/v1/session/second-factor', { password: PASSWORD })
      expect(await ask('GET', '/v1/fleet')).toMatchObject(held)
      const totp = new TOTP({ issuer: 'Paikea', secret: Secret.fromBase32(begun.body.secret) })
      const code = totp.generate({ timestamp: Date.now() })
      expect((await ask('PUT', '/v1/session/second-factor', { code })).status).toBe(204)
      expect((await ask('GET', '/v1/fleet')).status).toBe(200)
      // Programs have no second factor.
      expect((await strict.call(await strict.tokenOf(null), 'GET', '/v1/fleet')).status).toBe(200)
    } finally {
      await strict.close()
    }
  })

  it('cannot be changed by a token', async () => {
    const token = await api.tokenOf(null)
    expect((await api.call(token, 'GET', '/v1/sessions')).body.items).toEqual([])
    expect(await api.call(token, 'DELETE', '/v1/sessions')).toMatchObject({ status: 409, body: { code: 'no-account' } })
    const body = { password: PASSWORD, newPassword: 'a better password' }
    expect((await api.call(token, 'PUT', '/v1/session/password', body)).status).toBe(409)
  })
})
