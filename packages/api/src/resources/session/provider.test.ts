import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createUser, systemCaller } from '@paikea/operations'
import Provider from 'oidc-provider'
import { PASSWORD, request, type Reply, startTestApi, type TestApi } from '../../../test/test-api.ts'

const PUBLIC_URL = 'http://buoys.example.org'
const CALLBACK = '/v1/session/oidc/callback'

/** A real identity provider: whoever types a name at it is that person. */
async function startProvider(): Promise<{ issuer: string; server: Server }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Listening on TCP, so it has a port.
  const issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'paikea',
        client_secret: 'known-to-both-of-us',
        redirect_uris: [`${PUBLIC_URL}${CALLBACK}`],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: !id.startsWith('unverified') }),
    }),
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] },
    cookies: { keys: ['a key of the test'] },
  })
  server.on('request', provider.callback())
  return { issuer, server }
}

/** Cookies of one browser, by host. */
class Browser {
  readonly #cookies = new Map<string, Map<string, string>>()

  async ask(url: string, init: { method?: string; form?: Record<string, string> } = {}): Promise<Response> {
    const { host } = new URL(url)
    const jar = this.#cookies.get(host) ?? new Map<string, string>()
    this.#cookies.set(host, jar)
    const answer = await fetch(url, {
      method: init.method ?? 'GET',
      redirect: 'manual',
      headers: { Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(init.form === undefined ? {} : { body: new URLSearchParams(init.form) }),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }

  cookieOf(url: string, name: string): string {
    return `${name}=${this.#cookies.get(new URL(url).host)?.get(name) ?? ''}`
  }
}

describe('logging in through an identity provider', () => {
  let server: Server
  let api: TestApi
  let issuer: string

  beforeAll(async () => {
    // The provider warns of what only counts in production.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined)
    ;({ issuer, server } = await startProvider())
    api = await startApi(true)
  })
  afterAll(async () => {
    await api.close()
    server.close()
    server.closeAllConnections()
  })

  const startApi = (matchesEmail: boolean, clientSecret = 'known-to-both-of-us') =>
    startTestApi('sqlite', {
      config: {
        publicUrl: PUBLIC_URL,
        identityProvider: { issuer, clientId: 'paikea', clientSecret, name: 'Harbour', matchesEmail },
      },
    })
  const makePerson = (name: string, at = api) =>
    createUser({ db: at.db, caller: systemCaller('test') }, { email: `${name}@example.org`, password: PASSWORD })

  /** Goes to the provider, logs in there, and comes back to our address. @returns that address, at the API of the test */
  async function visit(browser: Browser, address: string, name: string, at: TestApi): Promise<string> {
    let next = address
    for (let step = 0; step < 20; step += 1) {
      if (next.startsWith(PUBLIC_URL)) return next.replace(PUBLIC_URL, at.url)
      const answer = await browser.ask(next)
      const location = answer.headers.get('location')
      if (location !== null) {
        next = new URL(location, next).href
        continue
      }
      // A form of the provider: for the name, then for the consent.
      const page = await answer.text()
      const isLogIn = page.includes('name="login"')
      const form = isLogIn ? { prompt: 'login', login: name, password: 'any' } : { prompt: 'consent' }
      const sent = await browser.ask(next, { method: 'POST', form })
      next = new URL(sent.headers.get('location') ?? '', next).href
    }
    throw new Error('the provider never sent the browser back')
  }

  async function begin(browser: Browser, at: TestApi): Promise<string> {
    const answer = await browser.ask(`${at.url}/v1/session/oidc`, { method: 'POST' })
    return String(((await answer.json()) as { url: unknown }).url)
  }

  async function signIn(name: string, at = api) {
    const browser = new Browser()
    const url = await begin(browser, at)
    const back = await visit(browser, url, name, at)
    const answer = await browser.ask(back)
    return { browser, back, answer, location: answer.headers.get('location') }
  }

  const sessionOf = (browser: Browser, at = api) =>
    request(`${at.url}/v1/session`, 'GET', undefined, { Cookie: browser.cookieOf(at.url, 'paikea_session') })

  it('names the provider, and builds its URL with PKCE, state and nonce', async () => {
    expect((await request(`${api.url}/v1/session/options`, 'GET')).body).toEqual({ provider: { name: 'Harbour' } })
    const begun = await request(`${api.url}/v1/session/oidc`, 'POST')
    expect(begun.headers.get('set-cookie')).toMatch(
      /^paikea_sign_in=\S+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/,
    )
    const { searchParams } = new URL(begun.body.url)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'paikea',
      scope: 'openid email',
      code_challenge_method: 'S256',
      redirect_uri: `${PUBLIC_URL}${CALLBACK}`,
    })
    for (const name of ['state', 'nonce', 'code_challenge']) expect(searchParams.get(name)?.length).toBeGreaterThan(40)
  })

  it('opens the account with the verified e-mail, and recognises the identity from then on', async () => {
    const { id } = await makePerson('ada')
    const first = await signIn('ada')
    expect([first.answer.status, first.location]).toEqual([302, '/'])
    expect((await sessionOf(first.browser)).body.user.email).toBe('ada@example.org')
    await api.db.write((transaction) =>
      api.db.models.User.update({ email: 'ada-married@example.org' }, { where: { id }, transaction }),
    )
    const again = await signIn('ada')
    expect((await sessionOf(again.browser)).body.user.id).toBe(id)
    // What came back works once, also with everything that belongs to it.
    expect((await first.browser.ask(first.back)).headers.get('location')).toBe('/?sign-in=over')
    const [entry] = await api.db.models.AuditLog.findAll({
      where: { action: 'session.created' },
      order: [['id', 'DESC']],
    })
    expect(entry).toMatchObject({ actor: `user/${String(id)}`, address: '127.0.0.1' })
    expect(JSON.stringify(entry?.afterState)).toContain(issuer)
  })

  it.each([
    ['nobody has that e-mail', 'nobody'],
    ['the e-mail is not verified', 'unverified-eve'],
  ])('opens no account when %s', async (_why, name) => {
    await makePerson('unverified-eve').catch(() => null)
    const { location, browser } = await signIn(name)
    expect(location).toBe('/?sign-in=no-account')
    expect((await sessionOf(browser)).status).toBe(401)
  })

  it('opens no account for a disabled user, another browser or a forged state', async () => {
    const { id } = await makePerson('bob')
    await api.db.write((transaction) =>
      api.db.models.User.update({ disabledAt: new Date() }, { where: { id }, transaction }),
    )
    expect((await signIn('bob')).location).toBe('/?sign-in=no-account')
    const browser = new Browser()
    const url = await begin(browser, api)
    const back = await visit(browser, url, 'ada', api)
    expect((await new Browser().ask(back)).headers.get('location')).toBe('/?sign-in=over')
    const forged = new URL(back)
    forged.searchParams.set('state', 'another')
    expect((await browser.ask(forged.href)).headers.get('location')).toBe('/?sign-in=failed')
  })

  it('opens only a linked account where matching by e-mail is not allowed', async () => {
    const strict = await startApi(false)
    try {
      await makePerson('cy', strict)
      expect((await signIn('cy', strict)).location).toBe('/?sign-in=no-account')
      const browser = new Browser()
      const loggedIn = await request(`${strict.url}/v1/session`, 'POST', {
        email: 'cy@example.org',
        password: PASSWORD,
      })
      const as = (method: string, path: string, body?: unknown): Promise<Reply> =>
        request(`${strict.url}${path}`, method, body, {
          Cookie: loggedIn.headers.get('set-cookie')?.split(';')[0] ?? '',
          'X-CSRF-Token': loggedIn.body.csrfToken,
        })
      expect((await as('POST', '/v1/session/oidc/link', { password: 'a guess' })).status).toBe(422)
      const begun = await as('POST', '/v1/session/oidc/link', { password: PASSWORD })
      const back = await visit(browser, begun.body.url, 'cy', strict)
      const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? ''
      const linked = await fetch(back, { redirect: 'manual', headers: { Cookie: cookie } })
      expect(linked.headers.get('location')).toBe('/')
      expect((await signIn('cy', strict)).location).toBe('/')
      const [identity] = (await as('GET', '/v1/session/identities')).body.items
      expect(identity).toMatchObject({ issuer })
      const path = `/v1/session/identities/${String(identity.id)}/end`
      expect((await as('POST', path, { password: PASSWORD })).status).toBe(204)
      expect((await signIn('cy', strict)).location).toBe('/?sign-in=no-account')
    } finally {
      await strict.close()
    }
  })

  it('reports a failure when the provider refuses our secret or cannot be reached', async () => {
    const wrong = await startApi(true, 'a-secret-that-is-wrong')
    try {
      expect((await signIn('ada', wrong)).location).toBe('/?sign-in=failed')
      expect(wrong.logged()).not.toContain('a-secret-that-is-wrong')
    } finally {
      await wrong.close()
    }
    const away = await startTestApi('sqlite', {
      config: {
        publicUrl: PUBLIC_URL,
        identityProvider: {
          issuer: 'http://127.0.0.1:9',
          clientId: 'paikea',
          clientSecret: null,
          name: 'Harbour',
          matchesEmail: false,
        },
      },
    })
    try {
      const reply = await request(`${away.url}/v1/session/oidc`, 'POST')
      expect(reply).toMatchObject({ status: 503, body: { code: 'provider-unavailable' } })
    } finally {
      await away.close()
    }
  })
})
