import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { memoryOf } from '../src/bench/machine.ts'
import { isListening, waitFor } from '../src/services/wait-for.ts'
import {
  clear,
  delivery,
  doctor,
  type RunningSystem,
  inboundOf,
  killGroup,
  launch,
  launchByNpm,
  leftOver,
  makeSite,
  pidOf,
  signal,
  type Site,
  start,
  untilUp,
  Visitor,
} from './support/running-system.ts'

const hasTemporal = process.env['PAIKEA_TEST_TEMPORAL_CLI'] !== undefined
const withTemporal = hasTemporal ? describe : describe.skip
const skipped = hasTemporal ? '' : ' (skipped: no Temporal CLI here)'

/** The first buoy and the handset of the demo fleet; the start routes the one to the other. */
const BUOY = '300434061000001'
const HANDSET = '300434061000000'
const MINUTES_MS = 60_000

withTemporal(`npm start${skipped}`, () => {
  let site: Site
  let system: RunningSystem
  let visitor: Visitor

  beforeAll(async () => {
    site = await makeSite()
    site = { ...site, flags: [...site.flags, '--host', '0.0.0.0'] }
    system = await start(site)
    visitor = new Visitor(site)
    await visitor.logIn()
  }, 3 * MINUTES_MS)
  afterAll(() => clear(site))

  test('prints where to look, how to log in, and what to try', () => {
    const { api, simulator } = site.ports
    expect(system.output()).toContain(`http://127.0.0.1:${api}/\n`)
    expect(system.output()).toContain(`http://127.0.0.1:${simulator}/sim`)
    expect(system.output()).toMatch(/Log in as admin@paikea\.local\n {2}password +\S{12,}/)
    expect(system.output()).toMatch(/curl -s http:\/\/127\.0\.0\.1:\d+\/rockblock\/incoming\/\S{16,} /)
    expect(system.output()).toMatch(
      /workflows\?query=Imei%3D%22300434061000001%22%20OR%20SourceImei%3D%22300434061000001%22\n/,
    )
    expect(statSync(join(site.dataFolder, 'admin-password.txt')).mode & 0o777).toBe(0o600)
    expect(statSync(join(site.dataFolder, 'webhook-secret.txt')).mode & 0o777).toBe(0o600)
  })

  test('decodes a webhook, and forwards it to the handset once', async () => {
    const message = delivery({ imei: BUOY, momsn: 40_001, minutes: 777 })
    expect(await visitor.deliver(message)).toBe('accepted')
    const stored = (await inboundOf(visitor, BUOY)).find((item) => item.momsn === 40_001)
    expect(stored?.decoded?.latitudeDegrees).toBeCloseTo(37 + 49.1777 / 60, 6)
    const isSent = async (): Promise<boolean> => (await visitor.sentTo(HANDSET)).includes('+DATA:PK004,3749.1777,N,')
    expect(await waitFor(isSent, { limitMs: 20_000 })).toBe(true)
    expect(await visitor.deliver(message)).toBe('duplicate')
    expect((await inboundOf(visitor, BUOY)).find((item) => item.momsn === 40_001)?.copies).toBe(1)
    expect((await visitor.sentTo(HANDSET)).match(/\+DATA:PK004,3749\.1777,N,/g)).toHaveLength(1)
  })

  test(
    'stays within its memory limits after 200 messages, for the starter and in total',
    async () => {
      const imei = '300434069000400'
      const momsns = Array.from({ length: 200 }, (_none, index) => index + 1)
      const send = async (): Promise<void> => {
        for (let momsn = momsns.pop(); momsn !== undefined; momsn = momsns.pop()) {
          await visitor.deliver(delivery({ imei, momsn, minutes: momsn }))
        }
      }
      await Promise.all(Array.from({ length: 8 }, send))
      const isDone = async (): Promise<boolean> =>
        (await inboundOf(visitor, imei)).filter((item) => item.state === 'processed').length === 200
      expect(await waitFor(isDone, { limitMs: 2 * MINUTES_MS, everyMs: 500 })).toBe(true)
      const parts = ['server', 'simulator', 'temporal'] as const
      const starter = memoryOf(system.starter.pid ?? 0)
      expect(starter).toBeLessThan(64)
      expect(parts.reduce((sum, part) => sum + memoryOf(pidOf(site, part)), starter)).toBeLessThan(1_024)
      expect(system.output()).not.toMatch(/ended \(/)
    },
    3 * MINUTES_MS,
  )

  test('is described by `doctor` from the data folder alone', async () => {
    const { code, output } = await doctor(site)
    expect(output).toMatch(/^ok +accounts: 1; .*admin-password\.txt$/m)
    expect(output).toMatch(new RegExp(`^ok +service: answers at http://127\\.0\\.0\\.1:${site.ports.api}/$`, 'm'))
    expect(output).toMatch(new RegExp(`^ok +Temporal: 127\\.0\\.0\\.1:${site.ports.temporal}, `, 'm'))
    expect(output).toMatch(new RegExp(`^ok +RockBLOCK log-in: right, says http://.*:${site.ports.simulator}$`, 'm'))
    expect(output).not.toMatch(/^(WRONG|stopped)/m)
    expect(code).toBe(0)
  })

  test('opens the API to the network with --host 0.0.0.0, but neither the simulator nor Temporal', async () => {
    // A second address of this machine stands for the network.
    const isOpen = (port: number): Promise<boolean> => isListening({ port, host: '127.0.0.2' })
    const { api, simulator, temporal, temporalUi } = site.ports
    const open = await Promise.all([api, simulator, temporal, temporalUi].map(isOpen))
    expect(open).toEqual([true, false, false, false])
    expect(await isListening({ port: temporalUi })).toBe(true)
  })

  const parts = ['server', 'simulator', 'temporal', 'keeper'] as const
  test.each(parts)(
    'restarts %s when it is killed',
    async (part) => {
      const name = part === 'keeper' ? 'temporal' : part
      const countReturns = (): number => system.output().split(`${name} is back`).length
      const [before, returns] = [pidOf(site, part), countReturns()]
      process.kill(before, 'SIGKILL')
      expect(await waitFor(async () => countReturns() > returns, { limitMs: 30_000 })).toBe(true)
      expect(pidOf(site, part)).not.toBe(before)
      expect(system.output()).toContain(`${name} ended (signal SIGKILL)`)
      const momsn = 41_000 + parts.indexOf(part)
      expect(await visitor.deliver(delivery({ imei: BUOY, momsn }))).toBe('accepted')
      const isProcessed = async (): Promise<boolean> =>
        (await inboundOf(visitor, BUOY)).find((item) => item.momsn === momsn)?.state === 'processed'
      expect(await waitFor(isProcessed, { limitMs: 40_000, everyMs: 200 })).toBe(true)
    },
    2 * MINUTES_MS,
  )

  test('answers and decodes while Temporal is stopped with SIGSTOP', async () => {
    const temporal = pidOf(site, 'temporal')
    process.kill(temporal, 'SIGSTOP')
    try {
      const startedAt = Date.now()
      expect(await visitor.deliver(delivery({ imei: BUOY, momsn: 42_000 }))).toBe('accepted')
      const stored = (await inboundOf(visitor, BUOY)).find((item) => item.momsn === 42_000)
      expect(stored?.decoded?.latitudeDegrees).toBeCloseTo(37.82, 1)
      expect(Date.now() - startedAt).toBeLessThan(1_000)
    } finally {
      process.kill(temporal, 'SIGCONT')
    }
  })

  const chromiumPath = [process.env['PAIKEA_TEST_CHROMIUM'], '/usr/bin/chromium'].find(
    (path) => path && existsSync(path),
  )
  const withChromium = chromiumPath === undefined ? test.skip : test
  withChromium(
    'sets a buoy’s interval on a phone, resumes the account without credit, and sees it confirmed',
    async () => {
      const browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: ['--no-sandbox'] })
      const simulate = (what: string, body: object) =>
        fetch(`http://127.0.0.1:${site.ports.simulator}/sim/${what}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        })
      const setSpeed = (speed: number) => simulate('clock', { speed })
      try {
        const page = await browser.newPage({ viewport: { width: 360, height: 740 } })
        page.setDefaultTimeout(MINUTES_MS)
        await page.goto(`http://127.0.0.1:${site.ports.api}/`)
        await page.getByLabel('E-mail').fill('admin@paikea.local')
        await page.getByLabel('Password').fill(readFileSync(join(site.dataFolder, 'admin-password.txt'), 'utf8').trim())
        await page.getByRole('button', { name: 'Log in' }).click()
        await page.locator('tr').filter({ hasText: BUOY }).getByRole('link').click()
        const place = await page.locator('.big').textContent()
        await page.getByLabel('Report every (minutes)').fill('25')
        await page.getByRole('button', { name: 'Set interval' }).click()
        await page.getByText('Price in credits: 1.').waitFor()
        await simulate('faults', { mt: 'no-credit' })
        await page.getByRole('button', { name: 'Send', exact: true }).click()
        // The account is out of credit: a person hears of it, and says that it is mended.
        await page.getByRole('link', { name: 'Inbox' }).click()
        await page.getByRole('button', { name: 'It is fixed: resume' }).click()
        await page.getByRole('button', { name: 'It is fixed: resume' }).waitFor({ state: 'detached' })
        await page.goBack()
        const row = page.locator('tr').filter({ hasText: 'interval 25 min' })
        await row.getByText('Accepted by the gateway').waitFor()
        // The buoy's next reports are some of its own half hours away.
        await setSpeed(600)
        await row
          .getByText('confirmed')
          .first()
          .waitFor({ timeout: 2 * MINUTES_MS })
        // Drifting all the while, it is somewhere else now.
        await page.waitForFunction(`document.querySelector('.big')?.textContent !== ${JSON.stringify(place)}`, null, {
          timeout: 2 * MINUTES_MS,
        })
      } finally {
        await setSpeed(1)
        await browser.close()
      }
    },
    4 * MINUTES_MS,
  )

  test('refuses a second start on the same folder in one line', async () => {
    const second = launch(site)
    expect(await second.ended).toBe(1)
    expect(second.output().trim()).toMatch(
      new RegExp(`^${site.dataFolder} is in use by process ${system.starter.pid}: .*--data$`),
    )
  })

  test(
    'stops on two signals at once, and leaves no process and no lock',
    async () => {
      signal(system, 'SIGINT')
      signal(system, 'SIGTERM')
      expect(await system.ended).toBe(0)
      expect(system.output().trimEnd().endsWith('stopped')).toBe(true)
      expect(await leftOver(site)).toEqual([])
      expect(existsSync(join(site.dataFolder, 'paikea.lock'))).toBe(false)
      const { code, output } = await doctor(site)
      expect(output.match(/^(?:stopped|WRONG) +[^:]+/gm)).toEqual([
        ...['stopped service', 'stopped Temporal', 'stopped Cloudloop token', 'stopped RockBLOCK log-in'],
      ])
      expect(code).toBe(0)
    },
    MINUTES_MS,
  )

  test(
    'stores each of 200 messages once although kill -9 of the whole group interrupts them',
    async () => {
      system = await start(site)
      expect(system.output()).not.toMatch(/password {2,}\S/)
      const imei = '300434069000200'
      const messages = Array.from({ length: 200 }, (_, n) => delivery({ imei, momsn: n + 1, minutes: n }))
      let taken = 0
      let takenWhenKilled = 0
      const killed = system
      const queue = messages.slice()
      const send = async (): Promise<void> => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          await visitor.deliver(next, 2 * MINUTES_MS)
          taken += 1
          if (takenWhenKilled > 0 || taken < 60) continue
          takenWhenKilled = taken
          killGroup(killed)
        }
      }
      const senders = Promise.all(Array.from({ length: 8 }, send))
      expect(await waitFor(async () => takenWhenKilled > 0, { limitMs: 30_000, everyMs: 1 })).toBe(true)
      system = await start(site)
      await senders
      const isDone = async (): Promise<boolean> =>
        (await inboundOf(visitor, imei)).filter((item) => item.state === 'processed').length >= 200
      expect(await waitFor(isDone, { limitMs: MINUTES_MS, everyMs: 500 })).toBe(true)
      const items = await inboundOf(visitor, imei)
      expect(items.map((item) => item.momsn).toSorted((a, b) => a - b)).toEqual(messages.map((one) => one.momsn))
      expect(items.every((item) => item.decoded !== null)).toBe(true)
    },
    5 * MINUTES_MS,
  )

  test(
    'ends every part when only the starter is killed',
    async () => {
      signal(system, 'SIGKILL')
      expect(await system.ended).toBe('SIGKILL')
      expect(await leftOver(site)).toEqual([])
    },
    MINUTES_MS,
  )
})

withTemporal(`npm itself${skipped}`, () => {
  let site: Site
  beforeAll(async () => {
    site = await makeSite()
  })
  afterAll(() => clear(site))

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'leaves nothing running when it gets %s',
    async (name) => {
      const system = await untilUp(launchByNpm(site))
      signal(system, name)
      expect(await leftOver(site)).toEqual([])
    },
    3 * MINUTES_MS,
  )
})
