import { NGINX, serveUnder, startNginx, type Serving } from './support/processes.ts'
import { askFile, askJson, deviceRequest, exchange } from './support/raw-client.ts'

const UPGRADE = '/v1/buoy/PK001/upgrade'
const all = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256))
const hasNginx = NGINX !== null || process.env['CI'] !== undefined
const ways: readonly (readonly ['node' | 'deno', 'directly' | 'through nginx'])[] = [
  ['node', 'directly'],
  ['deno', 'directly'],
  ...(hasNginx
    ? ([
        ['node', 'through nginx'],
        ['deno', 'through nginx'],
      ] as const)
    : []),
]

let serving: Serving
let proxy: Serving | null
let port = 0

async function open(runtime: 'node' | 'deno', way: 'directly' | 'through nginx'): Promise<void> {
  serving = await serveUnder(runtime)
  proxy = way === 'directly' ? null : await startNginx(serving.port)
  port = proxy?.port ?? serving.port
}

async function close(): Promise<void> {
  await proxy?.stop()
  await serving.stop()
}

describe.each(ways)("the devices' HTTP under %s, %s", (runtime, way) => {
  beforeAll(() => open(runtime, way))
  afterAll(close)

  it('answers the health check with the two bytes OK', async () => {
    const answer = await exchange(port, ['GET /connection/hc HTTP/1.0\r\nHost: harbour\r\n\r\n'])
    expect(answer.body.toString('latin1')).toBe('OK')
    expect(answer.end).toBe('fin')
    expect(answer.head).toMatch(/^HTTP\/1\.[01] 200 OK\r\n/u)
    expect(answer.head).toContain('\r\nContent-Type: text/plain')
  })

  it('registers, checks, and hands out metadata and every byte of every file', async () => {
    expect(await askJson(port, '/v1/buoy/register', { iam: 'PK007' })).toEqual({ iam: 'PK007' })
    expect(await askJson(port, UPGRADE, { cmd: 'check', space: 1_000_000 })).toEqual({ job_id: 7, status: 2 })
    expect(await askJson(port, UPGRADE, { cmd: 'metadata', job_id: 7 })).toEqual({ size: 1 })
    const file = await askFile(port, UPGRADE, { cmd: 'get_file', job_id: 7, file_path: './all.bin' })
    expect(file.equals(all)).toBe(true)
    expect(await askFile(port, UPGRADE, { cmd: 'get_file', job_id: 7, file_path: './empty.py' })).toHaveLength(0)
    expect(await askFile(port, UPGRADE, { cmd: 'get_file', job_id: 7, file_path: '../secret' })).toHaveLength(0)
    expect(await askJson(port, UPGRADE, { cmd: 'complete', job_id: 7, status: true })).toEqual({ job_id: 7, status: 7 })
  })

  it('sends Content-Length once, spelt as the device expects, and no transfer or content encoding', async () => {
    for (const path of ['./all.bin', './empty.py']) {
      const body = JSON.stringify({ cmd: 'get_file', job_id: 7, file_path: path })
      const { head, body: file } = await exchange(port, deviceRequest(UPGRADE, body))
      const lengths = head.split('\r\n').filter((line) => /^content-length/iu.test(line))
      expect(lengths).toEqual([`Content-Length: ${file.length}`])
      expect(head).not.toMatch(/transfer-encoding|content-encoding/iu)
    }
  })

  it('refuses a withdrawn job with status 404', async () => {
    await expect(askJson(port, UPGRADE, { cmd: 'status', job_id: 8 })).rejects.toThrow('status 404')
  })

  it('answers every kind of junk, and closes each connection with a FIN', async () => {
    const junk = ['', '[]', 'null', '{', '\u00ff\u00fe', `${'['.repeat(8000)}`, '{"cmd":"check","space":"x"}', '"x"']
    for (const body of junk) {
      for (const path of ['/v1/buoy/register', UPGRADE]) {
        const answer = await exchange(port, deviceRequest(path, body))
        expect([body.slice(0, 20), answer.end]).toEqual([body.slice(0, 20), 'fin'])
        expect(answer.head).toMatch(/^HTTP\/1\.[01] (200|400) /u)
      }
    }
  })

  it('leaves all other requests to the HTTP server', async () => {
    const page = await fetch(`http://127.0.0.1:${port}/v1/buoys`)
    expect(await page.text()).toBe('people /v1/buoys ')
    const pieces = ['PO', 'ST /rockblock/incoming HTTP/1.0\r\nContent-', 'Length: 3\r\n\r\nab', 'c']
    // Several, for where a piece falls in the hand-over is a matter of luck.
    const slow = await Promise.all(Array.from({ length: 40 }, () => exchange(port, pieces)))
    for (const { body } of slow) expect(body.toString()).toContain('people /rockblock/incoming abc')
  })
})

describe.each(['node', 'deno'] as const)('an irregular connection, under %s', (runtime) => {
  beforeAll(() => open(runtime, 'directly'))
  afterAll(close)

  it('answers each broken request and closes with a FIN', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['POST /v1/buoy/register\r\n\r\n', / 400 /u],
      ['POST /v1/buoy/register HTTP/1.0\r\nContent-Length: x\r\n\r\n', / 400 /u],
      ['POST /v1/buoy/register HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n', / 411 /u],
      ['POST /v1/buoy/register HTTP/1.0\r\nContent-Length: 99999\r\n\r\n', / 413 /u],
      [`POST /v1/buoy/register HTTP/1.0\r\nX: ${'x'.repeat(9000)}`, / 400 /u],
      ['GET /v1/buoy/register HTTP/1.0\r\n\r\n', / (404|405) /u],
      ['POST /v1/buoy/register HTTP/1.0\r\n\r\n', / 400 /u],
      ['POST /v1/buoy/x/y/z HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}', / 404 /u],
      ['GET /connection/hcx HTTP/1.0\r\n\r\n', / (200|404) /u],
    ]
    for (const [request, status] of cases) {
      const answer = await exchange(port, [request])
      expect([request.slice(0, 60), answer.end, status.test(answer.head)]).toEqual([request.slice(0, 60), 'fin', true])
    }
  })

  it('answers a request that stops half-way, half-closed or not', async () => {
    const begin = ['POST /v1/buoy/register HTTP/1.0\r\nContent-Length: 20\r\n\r\n{"iam"']
    expect((await exchange(port, begin, { halfClose: true })).head).toMatch(/ 400 /u)
    expect((await exchange(port, begin)).head).toMatch(/ 408 /u)
  })

  it('delivers its answer when more bytes arrive than announced', async () => {
    const more = [...deviceRequest('/v1/buoy/register', '{}'), 'x'.repeat(200_000), 'y'.repeat(200_000)]
    const answer = await exchange(port, more)
    expect(answer.end).toBe('fin')
    expect(JSON.parse(answer.body.toString())).toEqual({ iam: expect.stringMatching(/^PK/u) })
  })

  it('accepts a request byte by byte', async () => {
    const bytes = deviceRequest('/v1/buoy/register', '{"iam":"PK009"}').join('').split('')
    expect(JSON.parse((await exchange(port, bytes)).body.toString())).toEqual({ iam: 'PK009' })
  })

  it('answers a device on a connection that began with another request', async () => {
    const requests =
      'GET /x HTTP/1.1\r\nHost: h\r\n\r\nPOST /v1/buoy/register HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}'
    const answer = await exchange(port, [requests])
    expect(answer.body.toString()).toMatch(/people \/x[\s\S]*HTTP\/1\.1 200 OK[\s\S]*\{"iam":"PK/u)
  })

  it('throttles an address that registers too often, but still answers its health check', async () => {
    let refused = 0
    for (let i = 0; i < 45; i += 1) {
      const { head } = await exchange(port, deviceRequest('/v1/buoy/register', '{"iam":"PK001"}'))
      if (head.includes(' 429 ')) refused += 1
    }
    expect(refused).toBeGreaterThan(4)
    expect((await exchange(port, ['GET /connection/hc HTTP/1.0\r\n\r\n'])).body.toString()).toBe('OK')
  })
})
