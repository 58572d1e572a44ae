import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildDevice, buildGroup } from '@paikea/database/testing'
import { createLog, loadConfig, runServer } from '@paikea/server'
import { freePort } from '@paikea/firmware/testing'
import { until } from './until.ts'

const deploy = join(import.meta.dirname, '../../../deploy')
const nginx = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path))
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0

;(hasSystemd ? test : test.skip)('systemd-analyze verifies the units without a complaint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paikea-units-'))
  try {
    cpSync(join(deploy, 'systemd'), folder, { recursive: true })
    const units = readdirSync(folder).map((name) => join(folder, name))
    for (const unit of units) {
      // Only where the programs lie is another matter here.
      const text = readFileSync(unit, 'utf8').replaceAll(
        /\/usr\/bin\/node|\/usr\/local\/bin\/temporal/g,
        process.execPath,
      )
      writeFileSync(unit, text)
    }
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8' })
    expect(stderr.split('\n').filter((line) => line.includes('paikea'))).toEqual([])
    expect(status).toBe(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

;(nginx === undefined ? describe.skip : describe)('the nginx sample in front of a running service', () => {
  let folder = ''
  let server: Awaited<ReturnType<typeof runServer>>
  let child: ChildProcess
  let ports = { https: 0, http: 0 }
  const secret = 'a-secret-of-the-portal'

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-nginx-'))
    const config = loadConfig({
      PAIKEA_DATA: join(folder, 'data'),
      PAIKEA_PORT: '0',
      PAIKEA_DEVICE_PORT: '0',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      PAIKEA_WEBHOOK_SECRET: secret,
      PAIKEA_TRUSTED_PROXIES: '127.0.0.1',
      PAIKEA_ADMIN_EMAIL: 'ada@example.org',
      PAIKEA_ADMIN_PASSWORD: 'correct horse battery',
    })
    mkdirSync(join(folder, 'temp'))
    server = await runServer(config, { role: 'all', log: createLog({ level: 'silent', role: 'all' }) })
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')]
    const subject = ['-subj', '/CN=paikea.example', '-days', '2', '-nodes']
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...subject, ...files], { stdio: 'ignore' })
    ports = { https: await freePort(), http: await freePort() }
    const sample = readFileSync(join(deploy, 'nginx/paikea.conf'), 'utf8')
      .replace('127.0.0.1:8080', `127.0.0.1:${server.port}`)
      .replace('listen 443 ssl', `listen 127.0.0.1:${ports.https} ssl`)
      .replace('listen 80', `listen 127.0.0.1:${ports.http}`)
      .replaceAll(/listen \[::\].*;/g, '')
      .replace('/etc/ssl/paikea/fullchain.pem', join(folder, 'certificate.pem'))
      .replace('/etc/ssl/paikea/privkey.pem', join(folder, 'key.pem'))
      .replaceAll('/var/log/nginx/paikea.log', join(folder, 'access.log'))
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${join(folder, 'temp', name)};`)
      .join(' ')
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off; pid ${join(folder, 'pid')}; error_log stderr crit; worker_processes 1;
       events { worker_connections 256; } http { ${temp} ${sample} }`,
    )
    child = spawn(nginx ?? '', ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: 'inherit' })
    await until(() => isOpen(ports.https))
  })
  afterAll(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await gone
    await server.stop()
    rmSync(folder, { recursive: true })
  })

  interface Answer {
    readonly status: number | undefined
    readonly headers: Readonly<Record<string, unknown>>
    readonly text: string
  }
  /** @param enough ends the reading of a stream */
  const call = (
    method: string,
    path: string,
    options: { body?: string; cookie?: string; type?: string; enough?: string } = {},
  ) =>
    new Promise<Answer>((resolve, reject) => {
      const headers = {
        ...(options.type === undefined ? {} : { 'Content-Type': options.type }),
        ...(options.cookie === undefined ? {} : { Cookie: options.cookie }),
      }
      const target = { host: '127.0.0.1', port: ports.https, method, path, headers, rejectUnauthorized: false }
      const sent = request({ ...target, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }, (answer) => {
        let text = ''
        const done = () => resolve({ status: answer.statusCode, headers: answer.headers, text })
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
          if (options.enough === undefined || !text.includes(options.enough)) return
          done()
          sent.destroy()
        })
        answer.on('end', done)
      })
      sent.on('error', reject)
      sent.end(options.body)
    })
  const plain = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = ''
      const socket = connect(ports.http, '127.0.0.1', () =>
        socket.write(`GET ${path} HTTP/1.0\r\nHost: paikea.example\r\n\r\n`),
      )
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      socket.on('end', () => resolve(text)).on('error', reject)
    })

  it('passes on the vendor’s deliveries, and logs no secret', async () => {
    const body = 'imei=300434060700000&serial=14000&momsn=1&transmit_time=26-11-24%2003%3A05%3A10&data='
    const type = 'application/x-www-form-urlencoded'
    expect(await call('POST', `/rockblock/incoming/${secret}`, { body, type })).toMatchObject({ status: 200 })
    expect(await call('POST', '/rockblock/incoming/wrong', { body, type })).toMatchObject({ status: 401 })
    const log = (): string => readFileSync(join(folder, 'access.log'), 'utf8')
    await until(() => log().includes(' 401 '))
    const logged = log()
    expect(logged).toContain('/rockblock/incoming/... 200')
    expect(logged).not.toContain(secret)
  })

  it('passes on the API and the event stream, and hides the metrics', async () => {
    const body = JSON.stringify({ email: 'ada@example.org', password: 'correct horse battery' })
    const { status, headers } = await call('POST', '/v1/session', { body, type: 'application/json' })
    expect(status).toBe(200)
    const cookie = String(headers['set-cookie']).split(';')[0] ?? ''
    expect(await call('GET', '/v1/devices', { cookie })).toMatchObject({ status: 200 })
    expect((await call('GET', '/v1/events', { cookie, enough: 'hello' })).text).toContain('hello')
    expect(await call('GET', '/metrics', { cookie })).toMatchObject({ status: 404 })
  })

  it('passes on the documentation, and the live link as a WebSocket', async () => {
    // As the service itself answers, which has the pages only where they were built.
    const own = await fetch(`http://127.0.0.1:${server.port}/docs/`)
    const docs = await call('GET', '/docs/')
    expect([docs.status, docs.headers['content-type']]).toEqual([own.status, own.headers.get('content-type')])
    const group = await buildGroup(server.db)
    const device = await buildDevice(server.db, { groupId: group.id })
    const body = JSON.stringify({ email: 'ada@example.org', password: 'correct horse battery' })
    const { headers } = await call('POST', '/v1/session', { body, type: 'application/json' })
    const Cookie = String(headers['set-cookie']).split(';')[0] ?? ''
    const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }
    const key = { 'Sec-WebSocket-Key': Buffer.alloc(16, 7).toString('base64'), Origin: 'https://paikea.example' }
    const status = await new Promise((resolve, reject) => {
      const target = { host: '127.0.0.1', port: ports.https, path: `/v1/devices/${device.iam}/live` }
      const asking = request({
        ...target,
        rejectUnauthorized: false,
        headers: { Host: 'paikea.example', Cookie, ...upgrade, ...key },
      })
      asking.on('upgrade', (answer, socket) => {
        socket.destroy()
        resolve(answer.statusCode)
      })
      asking.on('response', (answer) => resolve(answer.statusCode)).on('error', reject)
      asking.end()
    })
    expect(status).toBe(101)
  })

  it('reveals no version to a scan', async () => {
    const { status, headers, text } = await call('GET', '/v1/devices')
    expect(status).toBe(401)
    expect(JSON.stringify(headers) + text).not.toMatch(/\d+\.\d+\.\d+|koa|express|nginx\//i)
  })

  it('answers devices over HTTP/1.0 without TLS, and redirects people to https', async () => {
    expect(await plain('/connection/hc')).toMatch(/^HTTP\/1\.[01] 200 [^]*\r\n\r\nOK$/)
    expect(await plain('/fleet')).toMatch(/^HTTP\/1\.[01] 301 [^]*\r\nLocation: https:\/\/paikea\.example\/fleet\r\n/)
  })
})

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
