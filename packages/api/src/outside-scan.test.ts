import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestApi, type TestApi } from '../test/test-api.ts'
import { ALL_ROUTES } from './resources/all-routes.ts'

/** What a stranger from elsewhere may see, and why. Everything else is 401, 404 or a refusal of what was sent. */
const OPEN: Readonly<Record<string, string>> = {
  'GET /': 'the page, which shows nothing without a log-in',
  'GET /index.html': 'the page',
  'GET /sw.js': 'of the page',
  'GET /assets/app.js': 'of the page',
  'GET /docs': 'leads to the documentation',
  'GET /docs/': 'the documentation, which is public',
  'GET /healthz': 'a probe: the process lives',
  'GET /readyz': 'a probe: a word alone',
  'GET /connection/hc': 'devices ask whether there is a connection',
  'GET /v1/openapi.json': 'the description of the interface, which is public',
  'GET /v1/session/options': 'what the log-in page offers',
  'GET /v1/session/oidc/callback': 'leads back to the log-in page',
  'GET /set-password': 'the page of a link from a mail',
  'GET /set-password/page.js': 'its script',
  'GET /shared': 'the page of a link to one buoy',
  'GET /shared/page.js': 'its script',
  'GET /shared/page.css': 'its style',
  'POST /v1/password-links': 'the same for everybody',
}
/** What scanners try. */
const TRIED = [
  ...['/', '/fleet', '/index.html', '/sw.js', '/assets/app.js', '/assets/app.js.map', '/assets/', '/assets/none.js'],
  ...[
    '/docs',
    '/docs/',
    '/docs/none.html',
    '/docs/../package.json',
    '/openapi.json',
    '/v1/openapi.json',
    '/swagger.json',
  ],
  ...['/metrics', '/sim', '/sim/devices', '/sim/faults', '/v1', '/v1/', '/v1/nothing', '/v2/devices', '/graphql'],
  ...['/.env', '/.git/HEAD', '/.git/config', '/package.json', '/package-lock.json', '/node_modules/koa/package.json'],
  ...[
    '/server-status',
    '/admin.php',
    '/wp-login.php',
    '/actuator/env',
    '/debug/pprof.html',
    '/paikea.db',
    '/data/paikea.db',
  ],
  ...[
    '/web-push-key.txt',
    '/webhook-secret.txt',
    '/admin-password.txt',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%5c..%5cx.txt',
  ],
  ...['/rockblock/incoming', '/rockblock/incoming/a-guess-of-a-secret', '/rockstar/incoming', '/cloudloop/incoming'],
] as const
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
/** A refusal of what was sent, which says nothing of what is there. */
const REFUSED = new Set([400, 401, 403, 404, 405, 413, 415, 422, 426, 429])

/** Some hundred requests, on a machine that is busy. */
const SCAN_MS = 120_000

const VERSION = '9.87.654'
const NAMES = new RegExp(
  String.raw`${VERSION.replaceAll('.', String.raw`\.`)}|koa|express|node\.?js|sequelize|sqlite|temporal\b`,
  'i',
)

describe('an unauthenticated scan from outside', () => {
  let api: TestApi
  const folder = mkdtempSync(join(tmpdir(), 'paikea-scan-'))

  beforeAll(async () => {
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
    for (const name of ['web/assets', 'docs']) mkdirSync(join(folder, name), { recursive: true })
    for (const name of ['web/index.html', 'docs/index.html']) write(name, '<!doctype html><title>Paikea</title>')
    for (const name of ['web/sw.js', 'web/assets/app.js']) write(name, 'void 0')
    // Left by a build or a hand; neither is for the outside.
    for (const name of ['web/assets/app.js.map', 'web/.env']) write(name, '{}')
    api = await startTestApi('sqlite', {
      config: {
        version: VERSION,
        webDirectory: join(folder, 'web'),
        docsDirectory: join(folder, 'docs'),
        // Scanned through a proxy on this machine, so that we are not taken for the machine itself.
        trustedProxies: ['127.0.0.1'],
      },
    })
  })
  afterAll(async () => {
    await api.close()
    rmSync(folder, { recursive: true })
  })

  async function look(method: string, path: string) {
    const hasBody = method !== 'GET' && method !== 'OPTIONS'
    const answer = await fetch(`${api.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { 'X-Forwarded-For': '203.0.113.9', ...(hasBody ? { 'Content-Type': 'application/json' } : {}) },
      ...(hasBody ? { body: '{"email":"a@example.org"}' } : {}),
    })
    const head = [...answer.headers].map((pair) => pair.join(': ')).join('\n')
    return { status: answer.status, head, body: await answer.text() }
  }

  /** What the scan of some addresses gave that it should not have. */
  async function scan(addresses: readonly (readonly [method: string, path: string])[]): Promise<readonly string[]> {
    const left = [...addresses]
    const wrong: string[] = []
    const work = async (): Promise<void> => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) wrong.push(...(await faultsOf(...next)))
    }
    await Promise.all(Array.from({ length: 16 }, work))
    return wrong
  }

  async function faultsOf(method: string, path: string): Promise<readonly string[]> {
    const name = `${method} ${path}`
    const { status, head, body } = await look(method, path)
    const mayBeSeen = name in OPEN || (method === 'OPTIONS' && status === 204)
    // The description of the interface says what it is written in.
    const isTold = NAMES.test(head) || (name !== 'GET /v1/openapi.json' && NAMES.test(body)) || body.includes(VERSION)
    return [
      ...(mayBeSeen || REFUSED.has(status) ? [] : [`${name}: ${String(status)}`]),
      ...(isTold ? [`${name}: tells too much`] : []),
      ...(/^(?:server|x-powered-by|via):/im.test(head) ? [`${name}: names what answers`] : []),
      ...(/\bat .*:\d+:\d+|node_modules|\/home\//.test(body) ? [`${name}: a stack`] : []),
    ]
  }

  it(
    'learns nothing from any route by any method, and gets 401 from guarded ones',
    async () => {
      const paths = [...new Set(ALL_ROUTES.map(({ path }) => path.replaceAll(/:\w+/g, '1')))]
      // A stream does not end; without a log-in it is none.
      expect(await scan(paths.flatMap((path) => METHODS.map((method) => [method, path] as const)))).toEqual([])
      const guarded = ALL_ROUTES.filter(({ access }) => access !== 'anyone')
      const answers = await Promise.all(
        guarded.map(async ({ method, path }) => [
          method,
          path,
          (await look(method, path.replaceAll(/:\w+/g, '1'))).status,
        ]),
      )
      expect(answers.filter(([, , status]) => status !== 401)).toEqual([])
    },
    SCAN_MS,
  )

  it(
    'finds nothing at the paths scanners try, beyond the declared open ones',
    async () => {
      expect(await scan(TRIED.flatMap((path) => METHODS.map((method) => [method, path] as const)))).toEqual([])
      // So that the list is not wider than what is there.
      const open = Object.keys(OPEN).filter((name) => name.startsWith('GET '))
      for (const name of open) expect([name, (await look('GET', name.slice(4))).status < 400]).toEqual([name, true])
    },
    SCAN_MS,
  )

  it.each([
    ['bytes that are not HTTP', 'GARBAGE\r\n\r\n'],
    ['a malformed header', 'GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n'],
    ['two content lengths', 'POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}'],
    ['an oversized head', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['a tunnel', 'CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['a protocol upgrade', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ])('learns nothing from the answer to %s', async (_what, request) => {
    const socket = connect(api.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
      socket.end()
    })
    // Closed without a word is an answer too.
    socket.on('error', () => undefined)
    socket.write(request)
    // Node's `events.once` rejects at an error even where it has a listener.
    if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
    expect(answer === '' || /^HTTP\/1\.1 [45]\d\d /.test(answer) || answer.startsWith('HTTP/1.1 200 ')).toBe(true)
    expect(answer).not.toMatch(NAMES)
    expect(answer).not.toMatch(/^(?:server|x-powered-by):/im)
  })
})
