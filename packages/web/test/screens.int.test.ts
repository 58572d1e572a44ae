import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createApi, createLiveHub, type Listening, type LiveHub, publishStored } from '@paikea/api'
import { buildModem, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { createReach } from '@paikea/delivery'
import { type Receiver, startReceiver } from '@paikea/delivery/testing'
import { createIntake } from '@paikea/intake'
import { createUser, systemCaller } from '@paikea/operations'
import { type Browser, chromium, type Page } from 'playwright-core'
import { buildPage, WEB } from './support/build-page.ts'
import { HOSTILE, PASSWORD, PICTURES, testPeopleAndDoubt } from './support/people-and-doubt.ts'
import { makeRelease } from './support/make-release.ts'
import { testTabsAndOffline } from './support/tabs-and-offline.ts'
import { violationsOf } from './support/violations.ts'

const CHROMIUM =
  [process.env['PAIKEA_TEST_CHROMIUM'], '/usr/bin/chromium'].find((path) => path && existsSync(path)) ?? null
const SECRET = 'a-secret'
const IMEI = '300234010753370'
const MAX_FIRST_LOAD_BYTES = 120_000
const WORKFLOWS = 'https://temporal.example/namespaces/fleet/workflows'

const SCREENS = [
  ['fleet', '/'],
  ['map', '/map?device=PK001'],
  ['device', '/devices/PK001'],
  ['messages-in', '/messages'],
  ['messages-out', '/messages/out'],
  ['life-in', '/messages/in/1'],
  ['life-out', '/messages/out/1'],
  ['inbox', '/inbox'],
  ['setup', '/setup'],
  ['first-run', '/setup/first-run'],
  ['modems', '/setup/modems'],
  ['approvals', '/setup/approvals'],
  ['endpoints', '/setup/endpoints'],
  ['routes', '/setup/routes'],
  ['releases', '/setup/releases'],
  ['rollouts', '/setup/rollouts'],
  ['alerts', '/setup/alerts'],
  ['airtime', '/setup/airtime'],
  ['account', '/account'],
  ['users', '/setup/users'],
  ['tokens', '/setup/tokens'],
  ['audit', '/setup/audit'],
] as const

const title = CHROMIUM === null ? 'the screens (skipped: there is no Chromium)' : 'the screens in Chromium'
const describeIf = CHROMIUM === null ? describe.skip : describe

describeIf(title, () => {
  let db: TestDatabase
  let hub: LiveHub
  let server: Listening
  let browser: Browser
  let url: string
  const problems: string[] = []
  let movedAt: Date
  let receiver: Receiver

  beforeAll(async () => {
    await buildPage()
    db = await openTestDatabase('sqlite')
    hub = createLiveHub()
    const intake = createIntake({ db, onStored: (stored) => publishStored(hub, stored) })
    const config = { webhookSecret: SECRET, webDirectory: join(WEB, 'dist'), workflowsUrl: WORKFLOWS }
    receiver = await startReceiver()
    const sending = { modemSender: null, rockStarSender: null, reach: createReach(['127.0.0.0/8']) }
    server = await createApi({ db, intake, hub, config, sending }).listen(0)
    url = `http://127.0.0.1:${String(server.port)}`
    const caller = systemCaller('test')
    for (const [name, role] of [
      ['ada', 'admin'],
      ['bob', 'viewer'],
      ['carl', 'technician'],
    ] as const) {
      const memberships = [{ group: 'crew', role }]
      await createUser(
        { db, caller },
        { email: `${name}@example.org`, password: PASSWORD, displayName: name, memberships },
      )
    }
    await createUser({ db, caller }, { email: 'dora@example.org', password: PASSWORD, isSystemAdmin: true })
    await buildModem(db, { imei: IMEI })
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox', '--no-first-run'] })
    mkdirSync(PICTURES, { recursive: true })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await receiver?.close()
    await db?.drop()
  })

  async function openAs(name: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    listen(page)
    await page.goto(url)
    await page.getByLabel('E-mail').fill(`${name}@example.org`)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: 'Fleet' }).waitFor()
    return page
  }

  /** Notes what the browser has to complain of, and every request to somebody else. */
  function listen(page: Page): void {
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('console', (line) => {
      const said = `${line.text()} ${line.location().url}`
      // The browser itself notes each refusal: of the first look at the session, of an endpoint inside the network, and of
      // a link that has ended.
      const isExpected =
        /status of 401|ERR_INTERNET_DISCONNECTED|GPU stall|status of 422 .*\/v1\/endpoints$|status of 404 .*\/v1\/shared$/.test(
          said,
        )
      if (['error', 'warning'].includes(line.type()) && !isExpected) problems.push(said)
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !/^(?:data|blob):/.test(request.url())) problems.push(request.url())
    })
  }

  /** @returns the time of its fix */
  async function deliver(
    momsn: number,
    fix: number | Date,
    latitude: string,
    longitude: string,
    sentAt: Date | null = null,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Date> {
    const at = fix instanceof Date ? fix : new Date(Math.floor(Date.now() / 1000) * 1000 - fix * 60_000)
    const clock = at.toISOString().slice(11, 19).replaceAll(':', '')
    const [, degrees = '', side = ''] = /^([\d.]+)([EW]?)$/.exec(longitude) ?? []
    const text = `PK101;lat:${latitude},NS:S,lon:${degrees},EW:${side || 'W'},utc:${clock},batt:4.2,int:20,sl:0,st:0,sog:0.5,cog:12`
    const body = new URLSearchParams({
      imei: IMEI,
      momsn: String(momsn),
      serial: '14105',
      transmit_time: (sentAt ?? at).toISOString().slice(2, 19).replace('T', ' '),
      data: Buffer.from(text).toString('hex'),
      ...more,
    })
    expect((await fetch(`${url}/rockblock/incoming/${SECRET}`, { method: 'POST', body })).status).toBe(200)
    return at
  }

  it('keeps the first load, without the map, below its size limit', () => {
    const names = readFileSync(join(WEB, 'dist', 'index.html'), 'utf8').matchAll(/\/assets\/[\w.-]+/g)
    const sizes = [...names].map(([name]) => gzipSync(readFileSync(join(WEB, 'dist', name))).length)
    expect(sizes.length).toBeGreaterThan(1)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_FIRST_LOAD_BYTES)
    expect(readdirSync(join(WEB, 'dist', 'assets')).some((name) => /^map-.*\.js$/.test(name))).toBe(true)
  })

  it('takes a buoy from creation through its first message to a command, and escapes its label', async () => {
    const page = await openAs('ada')
    await page.getByRole('link', { name: 'create a device' }).click()
    await page.getByLabel('Label').fill(HOSTILE)
    await page.getByLabel('IMEI').last().fill(IMEI)
    await page.getByRole('button', { name: 'Create the device' }).click()
    await page.getByText('PK001 has been created.').waitFor()
    await page.goto(`${url}/setup/first-run`)
    await page.getByText('Waiting for the first message…').waitFor()
    await deliver(1, 50, '1700.0000', '17959.0000')
    await page.getByText('Received!').waitFor()
    await deliver(2, 25, '1701.0000', '17958.0000')
    await page.goto(`${url}/devices/PK001`)
    await page.getByText('17°01.000′ S 179°58.000′').first().waitFor()
    await page.getByText(HOSTILE).first().waitFor()
    await page.getByLabel('Report every (minutes)').fill('30')
    await page.getByRole('button', { name: 'Set interval' }).click()
    await page.getByText(/^interval 30 min\. Price in credits: 1\. .*PK001 .*report/).waitFor()
    await page.getByText('No commands yet.').waitFor()
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('cell', { name: 'interval 30 min' }).waitFor()
    // It moves while somebody looks.
    movedAt = await deliver(3, 1, '1703.0000', '17957.0000')
    await page.getByText('17°03.000′ S 179°57.000′').first().waitFor()
    expect(await page.evaluate(() => 'hurt' in window)).toBe(false)
    await page.context().close()
  }, 120_000)

  it('lists frozen and implausible positions in the inbox, where a person may accept them', async () => {
    const page = await openAs('ada')
    // The newest fix again: the receiver stands still. Sent in an earlier second than the next one: the vendor's
    // times tell no finer.
    await deliver(4, movedAt, '1703.0000', '17957.0000', new Date(Date.now() - 30_000))
    await page.getByRole('link', { name: 'Inbox' }).click()
    await page.getByText('PK001 repeats its position').waitFor()
    await deliver(5, 0, '3700.0000', '17957.0000')
    await page.goto(`${url}/inbox`)
    await page.getByText('PK001 seems to have jumped').waitFor()
    await page.getByText('37°00.000′ S 179°57.000′ W').waitFor()
    await page.screenshot({ path: join(PICTURES, 'inbox-full.png') })
    await page.getByRole('button', { name: 'Accept this position' }).click()
    await page.getByText('PK001 seems to have jumped').waitFor({ state: 'hidden' })
    await page.getByRole('link', { name: 'Fleet' }).click()
    await page.locator('tr[data-iam="PK001"]').getByText('37°00.000′ S').waitFor()
    expect(await page.locator('tr[data-iam="PK001"]').getByText('position frozen').count()).toBe(0)

    // A message without a fix: the network alone knows about where.
    const iridium = { iridium_latitude: '-37.1', iridium_longitude: '-179.9', iridium_cep: '6' }
    await deliver(6, 0, '99900.0000', '99900.0000', null, iridium)
    await page.goto(`${url}/map?device=PK001`)
    await page.getByText('it is probably (80 %) inside the circle').waitFor()
    await page.locator('.map-canvas[data-drawn="yes"]').waitFor()
    const label = page.locator('label').filter({ hasText: 'Track:' })
    const newest = await label.textContent()
    await page.getByRole('slider').fill('0')
    await page.waitForFunction(
      (before) => [...document.querySelectorAll('label')].every(({ textContent }) => textContent !== before),
      newest,
    )
    await page.context().close()
  }, 120_000)

  it('holds a second sleep until a person decides, links a workflow, and decodes a message again', async () => {
    const page = await openAs('ada')
    await page.goto(`${url}/devices/PK001`)
    const sleep = async (): Promise<void> => {
      await page.getByLabel('Sleep for (seconds)').fill('3600')
      await page.getByRole('button', { name: 'Set sleep' }).click()
      await page.getByRole('button', { name: 'Send', exact: true }).click()
    }
    await sleep()
    await page
      .locator('tr')
      .filter({ hasText: /sleep 3600 s\s*queued/ })
      .waitFor()
    // As the gateway takes it.
    await db.write((transaction) =>
      db.models.OutboundMessage.update(
        { state: 'sent', sentAt: new Date() },
        { where: { text: '+DATA:PK007,3600;' }, transaction },
      ),
    )
    await sleep()
    await page.getByText('waits for a decision').waitFor()
    await page.getByRole('link', { name: 'Inbox' }).click()
    const card = page.getByRole('listitem').filter({ hasText: 'This command waits for your decision' })
    await card.getByText('PK001: sleep 3600 s').waitFor()
    await card.getByRole('button', { name: 'Send' }).click()
    await card.waitFor({ state: 'detached' })

    await db.write((transaction) =>
      db.models.InboundMessage.update({ workflowId: 'in/1' }, { where: { id: 1 }, transaction }),
    )
    await page.goto(`${url}/messages/in/1`)
    expect(await page.getByRole('link', { name: 'in/1' }).getAttribute('href')).toBe(`${WORKFLOWS}/in%2F1`)
    // As an older release might have read it.
    await db.write((transaction) =>
      db.models.Report.update({ batteryVolts: 1 }, { where: { messageId: 1 }, transaction }),
    )
    await page.getByRole('button', { name: 'Decode it again: what would change?' }).click()
    await page
      .locator('tr')
      .filter({ hasText: /report\.batteryVolts\s*1\s*4\.2/ })
      .waitFor()
    await page.getByRole('button', { name: 'Apply these changes' }).click()
    await page.getByText('It was decoded again.').waitFor()
    await page.getByRole('button', { name: 'Decode it again: what would change?' }).click()
    await page.getByText('Nothing would change.').waitFor()
    await page.context().close()
  }, 120_000)

  it('sets up an endpoint with a test and a preview, a route, a user and a roll-out', async () => {
    const page = await openAs('ada', { viewport: { width: 360, height: 740 } })
    await page.goto(`${url}/setup/endpoints`)
    // Made by itself, for the commands.
    await page.getByRole('heading', { name: 'modem 1' }).waitFor()
    await page.getByLabel('Address (https)').fill('https://10.0.0.1/x')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByText(/private/).waitFor()
    await page.getByLabel('Address (https)').fill(`${receiver.url}/hook`)
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByText('Copy its secret now').waitFor()
    const card = page.locator('li[data-endpoint]').filter({ hasText: receiver.url })
    await card.getByRole('button', { name: 'Send a test' }).click()
    await card.getByText(/^Test: the receiver accepted it 204/).waitFor()
    expect(receiver.requests.map(({ path }) => path)).toEqual(['/hook'])
    await card.getByText('Preview of what it would receive').click()
    await card.getByLabel('Number of an inbound message').fill('1')
    await card
      .locator('pre.preview')
      .filter({ hasText: /"type": ?"report"/ })
      .waitFor()
    await card.getByLabel('Reason for a pause').fill('The receiver moves house.')
    await card.getByRole('button', { name: 'Pause' }).click()
    await card.getByText('paused: The receiver moves house.').waitFor()
    await card.getByRole('button', { name: 'Resume' }).click()
    await card.getByText('in use').waitFor()

    await page.goto(`${url}/setup/routes`)
    await page.getByText('No routes yet').waitFor()
    await page
      .getByRole('combobox', { name: 'To', exact: true })
      .selectOption({ label: `webhook: ${receiver.url}/hook` })
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('cell', { name: 'all devices' }).waitFor()

    await page.goto(`${url}/setup/users`)
    await page.getByLabel('E-mail').fill('eve@example.org')
    await page.getByRole('button', { name: 'Invite' }).click()
    await page.getByText('eve@example.org has an account.').waitFor()
    const eve = page.locator('li[data-user="eve@example.org"]')
    await eve.getByLabel('crew').selectOption('operator')
    await page.waitForFunction(
      () => document.querySelector<HTMLSelectElement>('li[data-user="eve@example.org"] select')?.value === 'operator',
    )

    await makeRelease(db)
    await page.goto(`${url}/setup/rollouts`)
    await page.getByRole('button', { name: 'One buoy first, then all others' }).click()
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByText('Devices', { exact: true }).click()
    await page.getByRole('cell', { name: 'PK001' }).waitFor()
    await page.getByText(/stage \d of 1/).waitFor()
    await page.context().close()
  }, 120_000)

  testPeopleAndDoubt(() => ({ db, url, browser, openAs, deliver, listen }))

  it('lets a viewer look but change nothing, and shows the webhook secret only to a system admin', async () => {
    const page = await openAs('bob')
    await page.goto(`${url}/devices/PK001`)
    await page.getByRole('cell', { name: 'interval 30 min' }).waitFor()
    expect(await page.getByRole('button', { name: 'Set interval' }).count()).toBe(0)
    await page.goto(`${url}/setup/modems`)
    await page.getByRole('cell', { name: IMEI }).waitFor()
    expect(await page.getByRole('button', { name: 'Create the device' }).count()).toBe(0)
    await page.goto(`${url}/setup/endpoints`)
    await page.getByText('in use').first().waitFor()
    expect(await page.locator('main button').count()).toBe(0)
    await page.goto(`${url}/setup/alerts`)
    await page.getByText('Only operators can change this.').waitFor()
    expect(await page.locator('main fieldset').count()).toBe(0)
    await page.goto(`${url}/setup/routes`)
    await page.getByRole('cell', { name: 'all devices' }).waitFor()
    expect(await page.getByRole('columnheader', { name: 'Action' }).count()).toBe(0)
    await page.goto(`${url}/setup/first-run`)
    await page.getByText('The address contains a secret').waitFor()
    await page.goto(`${url}/setup/users`)
    await page.getByText('This is for administrators.').waitFor()
    await page.context().close()
    const owner = await openAs('dora')
    await owner.goto(`${url}/setup/first-run`)
    await owner.getByRole('button', { name: 'Show the address' }).click()
    await owner.getByText(`${url}/rockblock/incoming/${SECRET}`).waitFor()
    await owner.context().close()
  }, 120_000)

  it.each([
    ['phone', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
    ['desk', { viewport: { width: 1440, height: 900 }, colorScheme: 'light' }],
  ] as const)(
    'shows every screen on a %s, without an accessibility violation or scrolling sideways',
    async (name, options) => {
      const page = await openAs('ada', options)
      const found: unknown[] = []
      for (const [screen, path] of SCREENS) {
        await page.goto(`${url}${path}`)
        await page.locator('h1').waitFor()
        await page.getByText('Loading…').first().waitFor({ state: 'hidden' })
        if (screen === 'map') await page.locator('.map-canvas[data-drawn="yes"]').waitFor()
        found.push(...(await violationsOf(page)).map((violation) => [screen, violation]))
        const width = await page.evaluate(() => document.documentElement.scrollWidth)
        if (width > options.viewport.width) found.push([screen, 'too wide', width])
        await page.screenshot({ path: join(PICTURES, `${screen}-${name}.png`), fullPage: screen !== 'map' })
      }
      expect(found).toEqual([])
      await page.context().close()
    },
    240_000,
  )

  testTabsAndOffline(() => ({ url, hub, openAs, deliver, listen }))

  it('switches to Spanish and the sun look without an accessibility violation on a phone', async () => {
    const page = await openAs('ada', { viewport: { width: 360, height: 740 } })
    await page.goto(`${url}/setup`)
    await page.getByLabel('Appearance').selectOption('sun')
    await page.getByLabel('Language').selectOption('es')
    await page.getByRole('link', { name: 'Flota' }).click()
    await page.getByRole('heading', { name: 'Flota' }).waitFor()
    expect(await violationsOf(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    await page.screenshot({ path: join(PICTURES, 'sun.png') })
    await page.context().close()
  }, 120_000)

  it('logs nothing in the console, and requests nothing from other origins', () => {
    expect(problems).toEqual([])
  })
})
