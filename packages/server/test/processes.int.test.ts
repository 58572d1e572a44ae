import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { databaseKinds, openTestDatabase } from '@paikea/database/testing'
import { buildRoutedPair, spreadDeliveryIds } from '@paikea/workflows/testing'
import { type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.ts'
import { readyMessage } from './ready-message.ts'
import { expectOneTrace, loadedModules, notingModules, traceIdOnLine } from './support/trace-checks.ts'
import { freePort } from '@paikea/firmware/testing'
import { expectWorkerFigures } from './support/worker-figures.ts'

const main = join(import.meta.dirname, '../dist/main.js')
const temporalAddress = process.env['PAIKEA_TEST_TEMPORAL_ADDRESS']
const SECRET = 'a-secret-of-the-processes-test'
/** Nothing listens there. */
const NOWHERE = '127.0.0.1:1'

interface Program {
  readonly child: ChildProcess
  readonly output: () => { readonly stdout: string; readonly stderr: string }
  readonly ended: Promise<number | null>
}

const running = new Set<ChildProcess>()
let collector: OtlpReceiver | null = null
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await collector?.close()
  collector = null
})

function launch(words: readonly string[], env: NodeJS.ProcessEnv, input?: string): Program {
  const { PATH } = process.env
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH, PAIKEA_LOG_LEVEL: 'warn', ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdin?.end(input)
  const ended = new Promise<number | null>((resolve) => {
    // After a `disconnect()` of ours there is no `close`.
    child.on(words[0] === 'serve' && input === undefined ? 'exit' : 'close', (code: number | null) => {
      running.delete(child)
      resolve(code)
    })
  })
  return { child, output: () => ({ stdout, stderr }), ended }
}

async function run(words: readonly string[], env: NodeJS.ProcessEnv, input?: string) {
  const program = launch(words, env, input ?? '')
  return { code: await program.ended, ...program.output() }
}

/** Starts a role and waits for its word. */
async function serve(words: readonly string[], env: NodeJS.ProcessEnv): Promise<{ program: Program; port: number }> {
  const program = launch(['serve', ...words], env)
  const message: unknown = await Promise.race([
    readyMessage(program.child),
    program.ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${program.output().stderr}`))),
  ])
  if (typeof message !== 'object' || message === null || !('port' in message)) throw new Error('no ready message')
  return { program, port: Number(message.port) }
}

/** The `delivery` events of a stream up to one that came to this state. @throws when the stream ends before */
async function deliveriesUntil(state: string, { body }: Response): Promise<Record<string, unknown>[]> {
  let text = ''
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString()
    const events = [...text.matchAll(/^event: delivery\ndata: (.*)\n\n/gm)]
    const deliveries = events.map(([, json]): Record<string, unknown> => JSON.parse(json ?? ''))
    if (deliveries.at(-1)?.['state'] === state) return deliveries
  }
  throw new Error(`no delivery came to ${state}: ${text}`)
}

async function deliver(port: number, momsn: number, imei = '300434060000777'): Promise<number> {
  const text = 'PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:030501.086,sog:0.5,cog:12,sta:00,batt:4.7'
  const response = await fetch(`http://127.0.0.1:${port}/rockblock/incoming/${SECRET}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      imei,
      momsn,
      transmit_time: '26-01-02 03:05:30',
      data: Buffer.from(text).toString('hex'),
    }),
  })
  await response.arrayBuffer()
  return response.status
}

/** Delivers on a connection that is kept; `null` once it was answered 200, else why not. */
function deliverOn(agent: Agent, port: number, momsn: number, imei: string): Promise<string | null> {
  const body = JSON.stringify({ imei, momsn, transmit_time: '26-01-02 03:05:30', data: '' })
  const path = `/rockblock/incoming/${SECRET}`
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
  return new Promise((resolve) => {
    const sending = request({ agent, port, path, method: 'POST', headers, host: '127.0.0.1' }, (answer) => {
      answer.resume().once('close', () => resolve(answer.statusCode === 200 ? null : String(answer.statusCode)))
    })
    sending.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    sending.end(body)
  })
}

const kinds = databaseKinds()
/** A process takes a second to start: where the kind of the database does not matter, one of them is enough. */
const isFirst = (kind: string): boolean => kind === kinds[0]

describe.each(kinds)('the program on %s', (kind) => {
  let folder = ''
  let env: NodeJS.ProcessEnv = {}
  let db: Awaited<ReturnType<typeof openTestDatabase>>

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-server-'))
    db = await openTestDatabase(kind)
    await spreadDeliveryIds(db)
    env = {
      PAIKEA_DATA: folder,
      PAIKEA_DB_URI: db.uri,
      PAIKEA_PORT: '0',
      PAIKEA_DEVICE_PORT: '0',
      PAIKEA_WEBHOOK_SECRET: SECRET,
      TEMPORAL_ADDRESS: temporalAddress ?? NOWHERE,
    }
  })
  afterAll(async () => {
    await db.drop()
    rmSync(folder, { recursive: true })
  })

  test('creates accounts and tokens, and refuses in one line', async () => {
    expect(await run(['migrate'], env)).toEqual({ code: 0, stdout: 'the tables are up to date\n', stderr: '' })
    const user = ['create-user', 'ada@example.org', '--role', 'technician', '--password-stdin']
    expect(await run(user, env, 'correct horse battery\n')).toMatchObject({ code: 0, stdout: '' })
    if (!isFirst(kind)) return
    // Side by side: each is a process, and none minds the others.
    const [again, short, reset, token, viewer, everything] = await Promise.all([
      run(user, env, 'correct horse battery\n'),
      run(user, env, 'short'),
      run(['reset-password', 'ada@example.org'], env),
      run(['create-token', 'sensor', '--group', 'reef', '--role', 'viewer', '--days', '30'], env),
      run(['create-token', 'guest', '--role', 'viewer'], env),
      run(['create-token'], env),
    ])
    expect(again).toMatchObject({ code: 1, stderr: 'An account with this e-mail address exists.\n' })
    expect(short).toMatchObject({ code: 1, stderr: 'A password has at least 8 characters.\n' })
    expect(reset).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S{20}\n$/) })
    expect(token).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\S{40,}\n$/),
      stderr: 'token "sensor", viewer in reef:\n',
    })
    expect(viewer).toMatchObject({ code: 0, stderr: 'token "guest", viewer in default:\n' })
    expect(everything).toMatchObject({ code: 0, stderr: 'token "command line", admin over all groups:\n' })
  })

  const onOne = isFirst(kind) ? test : () => undefined
  onOne(
    'answers deliveries while Temporal and a collector are unreachable, and exits when its parent goes',
    async () => {
      const away = { TEMPORAL_ADDRESS: NOWHERE, OTEL_EXPORTER_OTLP_ENDPOINT: `http://${NOWHERE}` }
      const { program, port } = await serve(['--role', 'api'], { ...env, ...away })
      const response = await fetch(`http://127.0.0.1:${port}/readyz`)
      expect(await response.json()).toEqual({ status: 'degraded' })
      expect(await deliver(port, 1)).toBe(200)
      program.child.disconnect()
      expect(await program.ended).toBe(0)
    },
  )

  onOne('exits cleanly on SIGTERM, and ignores SIGINT while a parent supervises it', async () => {
    const modules = join(folder, 'modules-without-traces.json')
    const own = { ...env, TEMPORAL_ADDRESS: NOWHERE, ...notingModules(modules) }
    const { program, port } = await serve(['--role', 'all'], own)
    program.child.kill('SIGINT')
    expect(await deliver(port, 2)).toBe(200)
    program.child.kill('SIGTERM')
    expect(await program.ended).toBe(0)
    // No traces are configured. `prom-client` loads the interface by itself, which does nothing.
    expect(loadedModules(modules)).toEqual(['api'])
  })

  test('doctor reports what is wrong, and exits with 1', async () => {
    const doctor = await run(['doctor'], { ...env, TEMPORAL_ADDRESS: NOWHERE })
    expect(doctor.code).toBe(1)
    expect(doctor.stdout).toMatch(/^ok +database: (sqlite|mysql), tables up to date$/m)
    expect(doctor.stdout).toMatch(/^WRONG +Temporal: 127\.0\.0\.1:1, namespace default does not answer/m)
    expect(doctor.stdout).toContain('PAIKEA_WEBHOOK_SECRET=(set)')
    expect(doctor.stdout).not.toContain(SECRET)
  })

  onOne('answers every delivery that it stores when it stops under load', async () => {
    const { program, port } = await serve(['--role', 'all'], { ...env, TEMPORAL_ADDRESS: NOWHERE })
    const agent = new Agent({ keepAlive: true, maxSockets: 8 })
    const imei = '300434060000888'
    const answered = new Set<number>()
    const failures: string[] = []
    let momsn = 0
    const ask = async (): Promise<void> => {
      while (failures.length === 0) {
        const number = (momsn += 1)
        const error = await deliverOn(agent, port, number, imei)
        if (error === null) answered.add(number)
        else failures.push(error)
      }
    }
    const asking = Promise.all(Array.from({ length: 8 }, ask))
    while (answered.size < 100) await sleep(5)
    program.child.kill('SIGTERM')
    await asking
    expect(await program.ended).toBe(0)
    agent.destroy()
    for (const failure of failures) expect(failure).toMatch(/^(?:ECONNREFUSED|ECONNRESET)$/)
    const stored = await db.models.InboundMessage.findAll({ where: { imei }, attributes: ['momsn'] })
    expect(stored.filter((row) => !answered.has(Number(row.momsn)))).toEqual([])
    expect(stored).toHaveLength(answered.size)
  })

  const withTemporal = temporalAddress === undefined ? test.skip : test
  const inOne = isFirst(kind) ? [['one process', ['all']] as const] : []
  for (const [what, roles] of [...inOne, ['two processes', ['api', 'worker']] as const]) {
    withTemporal(`an open page receives the states of a delivery, with ${what}`, async () => {
      const [early, pair] = [await buildRoutedPair(db), await buildRoutedPair(db)]
      const receiver = (collector = await startOtlpReceiver())
      const metricsAddress = `127.0.0.1:${await freePort()}`
      const envOf = (role: string): NodeJS.ProcessEnv => ({
        ...env,
        PAIKEA_LOG_LEVEL: 'info',
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        ...notingModules(join(folder, `modules-${role}.json`)),
        ...(role === 'worker' ? { PAIKEA_WORKER_METRICS: metricsAddress } : {}),
      })
      const [made, ...parts] = await Promise.all([
        run(['create-token', what], env),
        ...roles.map((role) => serve(['--role', role], envOf(role))),
      ])
      const [token, [api]] = [made.stdout.trim(), parts]
      // Once there and back, so that the worker works: what waits for it stays queued long enough for any look.
      expect(await deliver(api?.port ?? 0, 4, early.imei)).toBe(200)
      const isParked = { imei: early.targetImei, state: 'parked' }
      const end = Date.now() + 30_000
      while ((await db.models.OutboundMessage.count({ where: isParked })) === 0 && Date.now() < end) await sleep(50)
      const answer = await fetch(`http://127.0.0.1:${api?.port}/v1/events`, {
        headers: { Authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(30_000),
      })
      expect(await deliver(api?.port ?? 0, 4, pair.imei)).toBe(200)
      // No account is configured, so it ends up waiting for an operator.
      const events = await deliveriesUntil('parked', answer)
      expect(events.at(-1)).toMatchObject({
        imei: pair.targetImei,
        iam: pair.targetIam,
        sourceIam: pair.iam,
        attempt: 1,
        vendorId: null,
        reason: 'not-configured',
      })
      // Within one process at once: a look once a second would have come too late for it.
      if (roles.length === 1) expect(events[0]).toMatchObject({ state: 'queued', attempt: null })
      if (roles.length === 2) await expectWorkerFigures(metricsAddress)
      for (const child of running) child.kill('SIGTERM')
      for (const { program } of parts) expect(await program.ended).toBe(0)
      for (const role of roles) expect(loadedModules(join(folder, `modules-${role}.json`))).toContain('sdk-trace')
      expectOneTrace(receiver, roles)
      // Where it went in the trace stands on the lines about it.
      const traceIds = receiver.spans.flatMap(({ name, traceId }) => (name === 'send modem' ? [traceId] : []))
      for (const { program } of parts) expect(traceIds).toContain(traceIdOnLine(program.output().stdout))
      for (const hidden of [SECRET, pair.imei, pair.targetImei, '3749.5074', '127.0.0.1']) {
        expect(receiver.received()).not.toContain(hidden)
      }
    })
  }
})

describe('a first start', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-first-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const ports = { PAIKEA_PORT: '0', PAIKEA_DEVICE_PORT: '0', TEMPORAL_ADDRESS: NOWHERE }

  test('resolves --data from where the command was typed, for every command', async () => {
    const elsewhere = join(folder, 'elsewhere')
    const own = { ...ports, PAIKEA_DATA: elsewhere, INIT_CWD: folder }
    const data = ['--data', 'told']
    expect(await run(['migrate', ...data], own)).toMatchObject({ code: 0 })
    expect(await run(['create-user', 'eve@example.org', ...data], own)).toMatchObject({ code: 0 })
    const others = [
      run(['reset-password', 'eve@example.org', ...data], own),
      run(['create-token', 'told', ...data], own),
    ]
    const served = Promise.all([serve(['--role', 'api', ...data], own), serve(['--data', 'served'], own)])
    for (const { code } of await Promise.all(others)) expect(code).toBe(0)
    const [told] = await served
    expect(['told/paikea.db', 'served/paikea.db'].map((file) => existsSync(join(folder, file)))).toEqual([true, true])
    expect(existsSync(elsewhere)).toBe(false)
    told.program.child.kill('SIGTERM')
    expect(await told.program.ended).toBe(0)
  })

  test('creates tables, administrator and secret in private files; a second start writes no new password', async () => {
    const env = { ...ports, PAIKEA_DATA: folder }
    const first = await serve(['--role', 'all'], env)
    const password = readFileSync(join(folder, 'admin-password.txt'), 'utf8').trim()
    const response = await fetch(`http://127.0.0.1:${first.port}/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'admin@paikea.local', password }),
    })
    expect(response.status).toBeLessThan(300)
    for (const file of ['admin-password.txt', 'webhook-secret.txt', 'paikea.db']) {
      expect([file, statSync(join(folder, file)).mode & 0o077]).toEqual([file, 0])
    }
    expect(JSON.stringify(first.program.output())).not.toContain(password)
    first.program.child.kill('SIGTERM')
    await first.program.ended
    rmSync(join(folder, 'admin-password.txt'))
    await serve(['--role', 'all'], env)
    expect(() => statSync(join(folder, 'admin-password.txt'))).toThrow('ENOENT')
  })

  test('refuses outdated tables when its role may not migrate them', async () => {
    expect(await run(['serve', '--role', 'api'], { PAIKEA_DATA: folder })).toMatchObject({
      code: 78,
      stderr: expect.stringMatching(
        /^the tables are of an earlier version \(\d+ steps behind\): run `paikea migrate` first\n$/,
      ),
    })
  })

  test('names a data folder that cannot be created', async () => {
    writeFileSync(join(folder, 'file'), '')
    const paths = ['file', 'file/below'].map((name) => join(folder, name))
    const ends = await Promise.all(paths.map((path) => run(['serve', '--data', path], { TEMPORAL_ADDRESS: NOWHERE })))
    expect(ends.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      paths.map((path) => ({
        code: 78,
        stderr: `the data folder ${path} cannot be created: choose another with PAIKEA_DATA\n`,
      })),
    )
  })

  test('names a port that is taken, and every wrong variable', async () => {
    const squatter = createServer().listen(0, '127.0.0.1')
    await once(squatter, 'listening')
    const address = squatter.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    const [taken, wrong] = await Promise.all([
      run(['serve'], { ...ports, PAIKEA_DATA: folder, PAIKEA_PORT: port }),
      run(['serve'], { PAIKEA_PORT: 'x', ROCKBLOCK_URL: 'hunter2' }),
    ])
    expect(taken).toMatchObject({ code: 1, stderr: `port ${port} is taken: choose another with PAIKEA_PORT\n` })
    squatter.close()
    expect(wrong).toMatchObject({
      code: 78,
      stderr: expect.stringMatching(/^wrong configuration: PAIKEA_PORT [^;\n]*; ROCKBLOCK_URL [^\n]*\n$/),
    })
  })
})
