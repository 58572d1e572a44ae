import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SILENT_LOG } from '@paikea/domain'
import { createGitRepository, type GitRepository, VITAL } from '@paikea/firmware/testing'
import { createToken, createUser, systemCaller } from '@paikea/operations'
import { Connection } from '@temporalio/client'
import { type Browser, chromium } from 'playwright-core'
import { loadConfig, runServer, type RunningServer } from '../src/mod.ts'
import { readyMessage } from './ready-message.ts'

const address = process.env['PAIKEA_TEST_TEMPORAL_ADDRESS']
const withTemporal = address === undefined ? describe.skip : describe
const simulatorMain = join(import.meta.dirname, '../../simulator/dist/main.js')
const namespace = `harbour-${String(process.pid)}`
const IMEI = '300434061000321'
const CHROMIUM = process.env['PAIKEA_TEST_CHROMIUM'] ?? '/usr/bin/chromium'
const PASSWORD = 'correct horse battery'
const files: typeof VITAL = {
  ...VITAL,
  'core/version.py': 'VERSION = "2"\n',
  'core/table.bin': Buffer.from(Array.from({ length: 30_000 }, (_, index) => (index * 7) % 256)),
  'apps/buoy/__init__.py': 'r\u00e9sum\u00e9 = "x"\r\n',
}

interface Page {
  readonly socket: Socket
  text(): string
  say(message: object): void
}

withTemporal('a buoy in the harbour, through the whole system (skipped where there is no Temporal)', () => {
  let folder: string
  let repository: GitRepository
  let server: RunningServer
  let simulator: ChildProcess
  let sim = ''
  let admin = ''
  const pages: Page[] = []
  let browser: Browser | undefined

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paikea-harbour-'))
    repository = createGitRepository()
    repository.commit(files)
    repository.git('tag', 'v2')
    // Others of this run work on the default namespace's queue.
    const connection = await Connection.connect({ address: address ?? '' })
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    })
    await connection.close()
    const config = loadConfig({
      PAIKEA_DATA: folder,
      PAIKEA_PORT: '0',
      PAIKEA_DEVICE_PORT: '0',
      PAIKEA_FIRMWARE_REPO: repository.path,
      TEMPORAL_ADDRESS: address ?? '',
      TEMPORAL_NAMESPACE: namespace,
    })
    server = await runServer(config, { role: 'all', log: SILENT_LOG })
    admin = await tokenOf('admin')
    await createUser(
      { db: server.db, caller: systemCaller('test') },
      { email: 'carol@example.org', password: PASSWORD, displayName: 'Carol', isSystemAdmin: true },
    )
    simulator = spawn(
      process.execPath,
      [
        ...[simulatorMain, '--port', '0', '--webhook-url', `http://127.0.0.1:${String(server.port)}`],
        ...['--link-url', `ws://127.0.0.1:${String(server.devicePort)}`],
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
    )
    const ready = await readyMessage(simulator)
    sim = `http://127.0.0.1:${String(Object.entries(Object(ready)).find(([name]) => name === 'port')?.[1])}/sim`
  })
  afterAll(async () => {
    await browser?.close()
    for (const { socket } of pages) socket.destroy()
    simulator.kill('SIGKILL')
    await server.stop()
    await repository.remove()
    await rm(folder, { recursive: true, force: true })
  })

  const tokenOf = async (role: 'admin' | 'technician' | 'operator'): Promise<string> => {
    const context = { db: server.db, caller: systemCaller('test') }
    return (await createToken(context, { name: role, role, isSystemAdmin: role === 'admin' })).token
  }
  const call = async (url: string, body?: object, method?: string): Promise<Record<string, unknown>> => {
    const response = await fetch(url, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const value: unknown = response.status === 204 ? {} : await response.json()
    if (!response.ok) throw new Error(`${url}: ${String(response.status)} ${JSON.stringify(value)}`)
    return { ...Object(value) }
  }
  const api = (path: string, body?: object) => call(`http://127.0.0.1:${String(server.port)}/v1/${path}`, body)
  const device = (path = '', body?: object) => call(`${sim}/devices/${IMEI}/harbour${path}`, body)

  async function openPage(token: string): Promise<Page> {
    const socket = connect({ port: server.port ?? 0, host: '127.0.0.1' })
    let held = ''
    socket.on('data', (piece: Buffer) => (held += piece.toString('latin1')))
    const head = [
      ...['GET /v1/devices/PK001/live HTTP/1.1', 'Host: paikea', 'Connection: Upgrade', 'Upgrade: websocket'],
      ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13', `Authorization: Bearer ${token}`],
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    const page: Page = {
      socket,
      text: () => held,
      say(message) {
        const payload = Buffer.from(JSON.stringify(message))
        // A mask of zeros leaves the text as it is.
        socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]))
      },
    }
    pages.push(page)
    await until('the page is open', async () => held.includes('"type":"presence"'))
    return page
  }

  /** Logs in as a person who may take over, and connects to the device. */
  async function openInBrowser(opened: Browser) {
    const page = await opened.newPage()
    await page.goto(`http://127.0.0.1:${String(server.port)}/devices/PK001`)
    await page.getByLabel('E-mail').fill('carol@example.org')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByText(/Device: online/).waitFor()
    return page
  }

  it('receives every byte of a release rolled out in the page, despite two power cuts and a shared link', async () => {
    const release = await api('firmware/releases', { ref: 'v2' })
    await until(
      'the release is ready',
      async () => (await api(`firmware/releases/${String(release['id'])}`))['state'] === 'ready',
    )
    await api('devices', { kind: 'buoy', iam: 'PK001', generation: 'v2' })
    await call(`${sim}/devices`, { kind: 'buoy', imei: IMEI, generation: 'v2', iam: 'PK001' })
    await device('', { startMs: 200 })
    await until('its link is open', async () => (await device())['link'] === 'open')

    const anna = await openPage(await tokenOf('technician'))
    const ben = await openPage(await tokenOf('operator'))
    anna.say({ type: 'command', command: ['CMD', 'start_gps', []] })
    for (const page of [anna, ben]) {
      await until('both see what the device said', async () => page.text().includes('"gps/running":"True"'))
    }
    ben.say({ type: 'command', command: ['CMD', 'hal', []] })
    await until('the second may not send yet', async () => ben.text().includes('"code":"not-controller"'))
    // A third and a fourth page are a person's, in a browser: the second of them takes the controls.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
    const [third, fourth] = [await openInBrowser(browser), await openInBrowser(browser)]
    await third.getByRole('button', { name: 'Take the controls' }).click()
    await third.getByText('controls: you').waitFor()
    await fourth.getByText(/Device: online, controls: Carol/).waitFor()
    await third.getByRole('button', { name: 'CMD stop_gps' }).click()
    for (const page of [third, fourth]) await page.locator('.log').getByText('stop_gps').first().waitFor()
    await fourth.getByRole('button', { name: 'Take the controls' }).click()
    await fourth.getByText('controls: you').waitFor()
    await third.getByText(/controls: Carol/).waitFor()
    ben.say({ type: 'take-controls', force: true })
    await fourth.getByText(/Device: online, controls: (?!you)/).waitFor()
    await fourth.getByRole('button', { name: 'Take the controls' }).click()
    await fourth.getByText('controls: you').waitFor()

    // The roll-out is made in the page, and so is the reset with which it begins.
    await third.goto(`http://127.0.0.1:${String(server.port)}/setup/rollouts`)
    await third.getByLabel('Each stage waits for approval').selectOption('no')
    await third.getByRole('button', { name: 'One buoy first, then all others' }).click()
    await third.getByRole('button', { name: 'Start' }).click()
    const rollout = third.locator('li').filter({ hasText: 'stage 1 of 1' })
    await rollout.waitFor()
    const upgrade = async () => Object(Object(await api('firmware/upgrades'))['items'][0])
    await until('it is prepared', async () => (await upgrade())['id'] !== undefined)
    await device('/power', { power: 'off', atRequest: 5 })
    await fourth.getByRole('button', { name: 'CMD switch_app updatepy' }).click()
    await until('it confirms', async () => anna.text().includes('Switching to app updatepy'))
    await fourth.getByRole('button', { name: 'CMD reset' }).click()
    await until('the power went', async () => (await device())['phase'] === 'off')
    const isUnderWay = async (): Promise<boolean> => {
      const { state, runs, progress } = await upgrade()
      return state === 'downloading' && runs === 1 && Object(progress).filesDone > 0
    }
    await until('what it fetched is shown', isUnderWay)
    await third.getByRole('cell', { name: 'downloading' }).waitFor()
    await fourth.close()

    // From here nobody touches it but the power switch: it comes up in service mode and is sent on by the server.
    await device('/power', { power: 'on' })
    await device('/power', { power: 'off', atRequest: 7 })
    await until('it was sent into its updater, and cut again', async () => (await device())['phase'] === 'off', 90_000)
    expect(await upgrade()).toMatchObject({ restarts: 1, runs: 2 })
    expect(await device()).toMatchObject({ runs: ['cut', 'cut'], app: 'service' })

    await device('/power', { power: 'on', app: 'updatepy' })
    await until('it is seen again', async () => (await upgrade())['state'] === 'succeeded', 60_000)
    await third.getByRole('cell', { name: 'succeeded' }).waitFor()
    await rollout.getByText('done', { exact: true }).waitFor()
    const flash = await device()
    expect(flash['runs']).toEqual(['cut', 'cut', 'installed'])
    const onFlash = Object.entries(Object(flash['files']))
    expect(onFlash).toEqual(expect.arrayContaining(committed()))
    expect(onFlash).toHaveLength(Object.keys(files).length)

    // Its flash is its own: switched off and on, out at sea and back.
    await device('/power', { power: 'cycle' })
    expect((await device())['files']).toEqual(flash['files'])
    await call(`${sim}/devices/${IMEI}/harbour`, undefined, 'DELETE')
    await device('', { startMs: 200 })
    expect((await device())['files']).toEqual(flash['files'])
  }, 240_000)

  it('receives a permanent name of its own when two new buoys register at once', async () => {
    const newcomers = ['300434061000322', '300434061000323'].map((each) => `${sim}/devices/${each}`)
    for (const at of newcomers) {
      await call(`${sim}/devices`, { kind: 'buoy', imei: at.slice(-15), generation: 'v2' })
      await call(`${at}/harbour`, { startMs: 0 })
      await until('it is in service mode', async () => (await call(`${at}/harbour`))['phase'] === 'service')
    }
    const register = async () =>
      await Promise.all(newcomers.map(async (at) => String((await call(`${at}/harbour/register`, {}))['iam'])))
    const names = await register()
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(await api(`devices/${name}`)).toMatchObject({ kind: 'buoy', approved: false })
    expect(await register()).toEqual(names)
  }, 120_000)

  /** What the commit holds, as the device counts it. */
  function committed() {
    return Object.keys(files).map((path) => {
      const bytes = execFileSync('git', ['-C', repository.path, 'cat-file', 'blob', `v2:${path}`])
      return [`./${path}`, [bytes.length, createHash('sha1').update(bytes).digest('hex')]]
    })
  }
})

async function until(what: string, look: () => Promise<boolean>, limitMs = 30_000): Promise<void> {
  for (const limit = Date.now() + limitMs; !(await look());) {
    if (Date.now() > limit) throw new Error(`not within ${String(limitMs)} ms: ${what}`)
    await sleep(50)
  }
}
