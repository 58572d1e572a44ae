import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@paikea/database'
import { buildDevice } from '@paikea/database/testing'
import { request, startTestApi, type TestApi } from '../../../test/test-api.ts'
import type { TemporalHealth } from '../../services.ts'

describe('the service itself', () => {
  let api: TestApi
  let folder: string
  let temporal: TemporalHealth = { state: 'up' }
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-web-'))
    const dist = join(folder, 'dist')
    mkdirSync(join(dist, 'assets'), { recursive: true })
    writeFileSync(join(dist, 'index.html'), '<!doctype html><title>the page</title>')
    writeFileSync(join(dist, 'assets', 'app-abc.js'), `// ${'x'.repeat(2000)}`)
    writeFileSync(join(dist, 'assets', 'app-abc.js.map'), 'not to be served')
    writeFileSync(join(folder, 'secret.txt'), 'outside')
    api = await startTestApi('sqlite', { config: { webDirectory: dist }, temporalHealth: () => temporal })
  })
  afterAll(async () => {
    await api.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const get = (path: string, headers: Record<string, string> = {}) => request(api.url + path, 'GET', undefined, headers)

  it('GET /connection/hc answers exactly OK, as plain text with its length', async () => {
    const reply = await get('/connection/hc')
    expect(reply).toMatchObject({ status: 200, body: 'OK' })
    expect(reply.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(reply.headers.get('content-length')).toBe('2')
  })

  it('GET /healthz answers ok', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
  })

  it('GET /readyz returns one word to strangers, and the reasons to a logged-in caller', async () => {
    expect((await get('/readyz')).body).toEqual({ status: 'ready' })
    temporal = { state: 'down', detail: 'connection refused' }
    expect(await get('/readyz')).toMatchObject({ status: 200, body: { status: 'degraded' } })
    const reply = await api.call(await api.tokenOf(null), 'GET', '/readyz')
    expect(reply.body).toMatchObject({
      database: { state: 'up' },
      temporal: { state: 'down', detail: 'connection refused' },
      webhooks: { accepted: 0 },
    })
  })

  it('GET /readyz answers 503 while the database cannot be written, with the reason when logged in', async () => {
    const own = await startTestApi('sqlite', { temporalHealth: () => ({ state: 'down' }) })
    const token = await own.tokenOf(null)
    const other = await openDatabase({ uri: own.db.uri })
    await other.write(async () => {
      const [stranger, known] = [await own.call(null, 'GET', '/readyz'), await own.call(token, 'GET', '/readyz')]
      expect(stranger).toMatchObject({ status: 503, body: { status: 'not-ready' } })
      expect(Object.keys(stranger.body)).toEqual(['status'])
      // Which of the two depends on whether a writer of this process waits for the same lock.
      expect(known).toMatchObject({
        status: 503,
        body: {
          status: 'not-ready',
          database: { state: 'down', reason: expect.stringMatching(/^(?:locked|no-answer)$/) },
        },
      })
      expect((await own.call(null, 'GET', '/healthz')).status).toBe(200)
    })
    await other.close()
    const end = Date.now() + 10_000
    while ((await own.call(null, 'GET', '/readyz')).status !== 200 && Date.now() < end);
    expect(await own.call(null, 'GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'degraded' } })
    await own.close()
  })

  it('GET /metrics answers the machine itself, but requires a token through a proxy', async () => {
    const reply = await get('/metrics')
    expect(reply.status).toBe(200)
    expect(reply.body).toMatch(/^paikea_webhooks_accepted 0$/m)
    expect(reply.body).toMatch(/^paikea_intake_is_database_down 0$/m)
    expect(reply.body).toMatch(/^paikea_deliveries_open\{state="parked"\} 0$/m)
    expect(reply.body).toMatch(/^paikea_waiting_seconds\{what="delivery"\} 0$/m)
    expect((await get('/metrics', { 'X-Forwarded-For': '203.0.113.9' })).status).toBe(401)
    const token = await api.tokenOf(null)
    const headers = { 'X-Forwarded-For': '203.0.113.9', Authorization: `Bearer ${token}` }
    expect((await get('/metrics', headers)).status).toBe(200)
  })

  it('answers 304 to a caller with the current ETag', async () => {
    const headers = { Authorization: `Bearer ${await api.tokenOf(null)}` }
    const first = await get('/v1/devices', headers)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^W\/"/)
    const again = await get('/v1/devices', { ...headers, 'If-None-Match': etag })
    expect([again.status, again.body]).toEqual([304, ''])
    await buildDevice(api.db)
    expect((await get('/v1/devices', { ...headers, 'If-None-Match': etag })).status).toBe(200)
  })

  it('GET /v1/openapi.json describes routes of /v1 with schemas, security and parameters', async () => {
    const { body } = await get('/v1/openapi.json')
    expect(body.openapi).toBe('3.1.0')
    // The version of the paths, not of the release.
    expect(body.info.version).toBe('1')
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        '/v1/session',
        '/v1/fleet',
        '/v1/devices/{iam}/reports',
        '/v1/routes/{id}',
        '/v1/tokens',
      ]),
    )
    const create = body.paths['/v1/devices'].post
    expect(create.requestBody.content['application/json'].schema.properties.kind.enum).toEqual([
      'buoy',
      'handset',
      'rockstar',
    ])
    expect(create.responses['201'].content['application/json'].schema.properties.health).toBeDefined()
    expect(create.security).toEqual([{ token: [] }, { session: [] }])
    expect(body.paths['/v1/session'].post.security).toBeUndefined()
    const reports = body.paths['/v1/devices/{iam}/reports'].get.parameters
    expect(reports.map((parameter: { name: string }) => parameter.name)).toEqual([
      'iam',
      'from',
      'to',
      'limit',
      'cursor',
    ])
  })

  it('answers an unknown address with a problem document', async () => {
    const reply = await get('/v1/nothing')
    expect(reply).toMatchObject({
      status: 404,
      body: { status: 404, title: 'Not Found', code: 'not-found', errors: [] },
    })
    expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(reply.body.type).toBe('urn:paikea:problem:not-found')
  })

  it('answers 405 with an Allow header, and HEAD like GET without a body', async () => {
    const reply = await request(`${api.url}/v1/fleet`, 'PUT')
    expect(reply).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } })
    expect(reply.headers.get('allow')).toBe('HEAD, GET')
    const token = await api.tokenOf(null)
    expect(await api.call(token, 'HEAD', '/v1/fleet')).toMatchObject({ status: 200, body: '' })
    expect((await request(`${api.url}/v1/fleet`, 'OPTIONS')).headers.get('allow')).toBe('HEAD, GET')
  })

  it.each<[string, string, string | undefined, number]>([
    ['broken JSON', '{"kind":', 'application/json', 400],
    ['JSON that is not UTF-8', '\xff', 'application/json', 400],
    ['a form', 'kind=buoy', 'application/x-www-form-urlencoded', 415],
    ['300 KB', JSON.stringify({ kind: 'x'.repeat(300_000) }), 'application/json', 413],
    ['nothing', '', 'application/json', 422],
  ])('refuses a request body of %s (%#)', async (_what, body, contentType, status) => {
    const token = await api.tokenOf(null)
    const response = await fetch(`${api.url}/v1/devices`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
      },
      body: Buffer.from(body, 'latin1'),
    })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch('application/problem+json')
  })

  it('logs an unexpected error without revealing it', async () => {
    const own = await startTestApi('sqlite', {
      temporalHealth: () => {
        throw new Error('password=hunter2')
      },
    })
    const reply = await own.call(null, 'GET', '/readyz')
    expect(reply).toMatchObject({ status: 500, body: { code: 'internal-error' } })
    expect(JSON.stringify(reply.body)).not.toContain('hunter2')
    expect(own.logged()).toContain('"route":"/readyz"')
    expect(own.logged()).toContain('hunter2')
    await own.close()
  })

  it('serves the page at / and at its client-side routes, with a content security policy', async () => {
    for (const path of ['/', '/devices/PK001']) {
      const reply = await get(path, { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
      expect(reply.body).toContain('the page')
      expect(reply.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; .*require-trusted-types-for 'script'; trusted-types default$/,
      )
      expect(reply.headers.get('cache-control')).toBe('no-cache')
      expect(reply.headers.get('x-content-type-options')).toBe('nosniff')
    }
    // A program that asks there did not mean the page.
    expect(await get('/devices/PK001')).toMatchObject({ status: 404, body: { code: 'not-found' } })
    const etag = (await get('/')).headers.get('etag') ?? ''
    // Not by `fetch`, which then asks for an answer past every cache.
    expect((await rawGet(api.port, '/', { 'If-None-Match': etag })).status).toBe(304)
  })

  it('serves hashed files as immutable, and compressed where accepted', async () => {
    const reply = await get('/assets/app-abc.js')
    expect(reply.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(reply.headers.get('content-encoding')).toBe('gzip')
    expect(
      (await get('/assets/app-abc.js', { 'Accept-Encoding': 'identity' })).headers.get('content-encoding'),
    ).toBeNull()
    expect((await get('/assets/app-xyz.js')).status).toBe(404)
    expect((await get('/assets/app-abc.js.map')).status).toBe(404)
  })

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '//etc/passwd',
    '/assets/%00',
  ])('serves nothing outside its folder: %s', async (path) => {
    const { text } = await rawGet(api.port, path)
    expect(text).not.toContain('outside')
    expect(text).not.toContain('root:')
  })
})

/** Sends the path as it is: `fetch` would tidy it up. */
function rawGet(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const req = httpRequest({ port, host: '127.0.0.1', path, headers, agent: false }, (res) => {
      let text = ''
      res.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text }))
    })
    req.on('error', reject)
    req.end()
  })
}
