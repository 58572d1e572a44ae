import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createApi, createLiveHub, publishStored, type Listening } from '@paikea/api'
import { type Database, openDatabase } from '@paikea/database'
import { createUser, systemCaller } from '@paikea/operations'
import { buildModem, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { createIntake } from '@paikea/intake'
import { type Browser, chromium, type Page } from 'playwright-core'
import { buildPage, WEB } from './support/build-page.ts'

const CHROMIUM =
  [process.env['PAIKEA_TEST_CHROMIUM'], '/usr/bin/chromium'].find((path) => path && existsSync(path)) ?? null
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** Pictures of the page, for people to look at. */
const PICTURES = join(WEB, '.types', 'pictures')

const SECRET = 'a-secret'
const EMAIL = 'ada@example.org'
const PASSWORD = 'correct horse battery'
const IMEI = '300234010753370'

const title = CHROMIUM === null ? 'the fleet page (skipped: there is no Chromium)' : 'the fleet page in Chromium'
const describeIf = CHROMIUM === null ? describe.skip : describe

describeIf(title, () => {
  let db: TestDatabase
  let server: Listening
  let browser: Browser
  let url: string
  const start = async (port: number, on: Database = db): Promise<Listening> => {
    const hub = createLiveHub()
    const intake = createIntake({ db: on, onStored: (stored) => publishStored(hub, stored) })
    const config = { webhookSecret: SECRET, webDirectory: join(WEB, 'dist') }
    return createApi({ db: on, intake, hub, config }).listen(port)
  }
  beforeAll(async () => {
    await buildPage()
    db = await openTestDatabase('sqlite')
    server = await start(0)
    url = `http://127.0.0.1:${String(server.port)}`
    await createUser(
      { db, caller: systemCaller('test') },
      {
        email: EMAIL,
        password: PASSWORD,
        displayName: 'Ada',
        memberships: [{ group: 'crew', role: 'operator' }],
      },
    )
    // An operator attaches only what somebody has claimed.
    for (const last of [0, 1, 2, 3]) await buildModem(db, { imei: `30023401075337${String(last)}` })
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: ARGS })
    mkdirSync(PICTURES, { recursive: true })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await db?.drop()
  })

  async function openPage(
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage(options)
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(String(error)))
    // A refused log-in and the first "who am I" are answered 401, which the console notes too.
    page.on('console', (line) => {
      if (line.type() === 'error' && !line.text().includes('status of 401')) problems.push(line.text())
    })
    await page.goto(url)
    return { page, problems }
  }

  async function logIn(page: Page): Promise<void> {
    await page.getByLabel('E-mail').fill(EMAIL)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: 'Fleet' }).waitFor()
  }

  async function deliver(imei: string, momsn: number, at: Date, latitude = '3749.5074', reason = 1): Promise<void> {
    const clock = at.toISOString().slice(11, 19)
    const text = `PK101;lat:${latitude},NS:N,lon:12216.6021,EW:W,utc:${clock.replaceAll(':', '')},batt:4.2,int:20,sl:0,st:${String(reason)},sog:0.5,cog:12`
    await deliverText(imei, momsn, at, text)
  }

  async function deliverText(imei: string, momsn: number, at: Date, text: string): Promise<void> {
    const body = new URLSearchParams({
      imei,
      momsn: String(momsn),
      serial: '14105',
      transmit_time: at.toISOString().slice(2, 19).replace('T', ' '),
      data: Buffer.from(text).toString('hex'),
    })
    const response = await fetch(`${url}/rockblock/incoming/${SECRET}`, { method: 'POST', body })
    expect(response.status).toBe(200)
  }

  it('refuses a wrong password in words, logs in, shows an empty fleet, and logs out', async () => {
    const { page, problems } = await openPage()
    await page.getByLabel('E-mail').fill(EMAIL)
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('E-mail or password is wrong.').waitFor()
    await page.screenshot({ path: join(PICTURES, 'log-in.png') })
    await logIn(page)
    await page.getByText('There are no devices yet').waitFor()
    expect(problems).toEqual([])
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByLabel('E-mail').waitFor()
    await page.reload()
    await page.getByLabel('E-mail').waitFor()
    await page.close()
  })

  it('shows reports and messages as they arrive, with a ticking age, and fits the window', async () => {
    const { page, problems } = await openPage()
    await logIn(page)
    await page.getByText('live', { exact: true }).waitFor()
    await makeFleet(page)
    await page.reload()
    const row = page.locator('tr[data-iam="PK001"]')
    await row.getByText('no fix yet').waitFor()

    const at = new Date(Math.floor(Date.now() / 1000) * 1000 - 5000)
    await deliver(IMEI, 1, at)
    await row.getByText('37°49.507′ N').waitFor({ timeout: 5000 })
    for (const text of ['122°16.602′ W', '0.5 kn', '012°', '4.20 V', 'powered on', '20 min', IMEI]) {
      expect(await row.getByText(text).count()).toBe(1)
    }
    const age = row.locator('td[data-title="Last fix"] time')
    expect(await age.getAttribute('title')).toBe(`${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`)
    const before = await age.textContent()
    await page.waitForFunction(
      (text) => document.querySelector('tr[data-iam="PK001"] td[data-title="Last fix"] time')?.textContent !== text,
      before,
    )

    await deliver('300234010753371', 1, new Date(at.getTime() - 3 * 3_600_000), '1630.0000', 4)
    await deliver('300234010753372', 1, new Date(at.getTime() - 30 * 3_600_000), '99900.0000')
    await page.locator('tr[data-iam="PK002"]').getByText('16°30.000′ N').waitFor()
    const handset = page.locator('tr[data-iam="HS002"]')
    await handset.getByText('never heard from').waitFor({ state: 'attached' })
    await deliverText('300234010753373', 1, at, 'PK006;30')
    await handset.getByText('heard from in time').waitFor({ state: 'attached' })
    await handset.locator('td[data-title="Last message"] time').waitFor()
    await handset.getByText('no fix yet').waitFor()
    await page.screenshot({ path: join(PICTURES, 'fleet.png') })
    const tooWide: number[] = []
    // Around the widths at which the layout changes, too.
    for (const width of [1020, 1088, 1100, 1180, 1200, 1210, 1280, 1360, 1370, 1470, 1480, 1500]) {
      await page.setViewportSize({ width, height: 720 })
      if ((await page.evaluate(() => document.documentElement.scrollWidth)) > width) tooWide.push(width)
    }
    expect(tooWide).toEqual([])
    expect(await page.getByRole('table').count()).toBe(1)
    expect(await page.getByRole('columnheader').count()).toBe(12)
    expect(problems).toEqual([])
    await page.close()
  })

  it('fits a phone in dark mode', async () => {
    const { page, problems } = await openPage({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
    await logIn(page)
    await page.locator('tr[data-iam="PK001"]').getByText('37°49.507′ N').waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    expect(await page.getByRole('row').count()).toBeGreaterThan(3)
    await page.screenshot({ path: join(PICTURES, 'phone.png'), fullPage: true })
    expect(problems).toEqual([])
    await page.close()
  })

  it('opened while the database is away, shows the fleet by itself when it is back', async () => {
    const { page } = await openPage()
    await logIn(page)
    const { port } = server
    await server.close()
    const away = await openDatabase({ uri: db.uri })
    await away.close()
    server = await start(port, away)
    await page.reload()
    await page.getByText('The database cannot be reached').waitFor()
    await page.screenshot({ path: join(PICTURES, 'database-away.png') })
    await server.close()
    server = await start(port)
    await page.getByRole('heading', { name: 'Fleet' }).waitFor({ timeout: 20_000 })
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.close()
  })

  it('reports that it is not live while the service is away, and reads the fleet again afterwards', async () => {
    const { page } = await openPage()
    await logIn(page)
    await page.getByText('live', { exact: true }).waitFor()
    const { port } = server
    await server.close()
    await page.getByText('reconnecting…').waitFor()
    await page.getByText(/^Not live: what you see is as of .* UTC/).waitFor({ timeout: 30_000 })
    await page.screenshot({ path: join(PICTURES, 'stale.png') })
    server = await start(port)
    // Stored before the page is back: only reading again can show it.
    await deliver(IMEI, 2, new Date(), '3752.0000')
    await page.locator('tr[data-iam="PK001"]').getByText('37°52.000′ N').waitFor({ timeout: 40_000 })
    await page.getByText('live', { exact: true }).waitFor()
    await page.getByText('Not live').waitFor({ state: 'detached' })
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.close()
  })

  it('keeps its header when the file of a screen cannot be fetched', async () => {
    // What a service worker fetches cannot be refused from here.
    const { page } = await openPage({ serviceWorkers: 'block' })
    await logIn(page)
    await page.route(/\/assets\/inbox-page/, (route) => route.abort())
    await page.getByRole('link', { name: 'Inbox' }).click()
    await page.getByText('This screen cannot be opened now.').waitFor()
    expect(await page.getByRole('button', { name: 'Log out' }).count()).toBe(1)
    await page.getByRole('link', { name: 'Fleet' }).click()
    await page.getByRole('heading', { name: 'Fleet' }).waitFor()
    await page.close()
  })

  /** Through the page's own session, as a person would: cookie and CSRF token. */
  async function makeFleet(page: Page): Promise<void> {
    const statuses = await page.evaluate(async () => {
      const { csrfToken } = await (await fetch('/v1/session')).json()
      const post = async (path: string, body: object) =>
        (
          await fetch(path, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken },
            body: JSON.stringify(body),
          })
        ).status
      return [
        await post('/v1/devices', { kind: 'buoy', label: 'Tahi, north of the reef', imei: '300234010753370' }),
        await post('/v1/devices', { kind: 'buoy', label: 'Rua', imei: '300234010753371' }),
        await post('/v1/devices', { kind: 'handset', imei: '300234010753372' }),
        await post('/v1/devices', { kind: 'handset', label: 'Commands only', imei: '300234010753373' }),
        await post('/v1/devices', { kind: 'rockstar', iam: 'A-name-as-long-as-one-may-be-000', label: 'Skipper' }),
      ]
    })
    expect(statuses).toEqual([201, 201, 201, 201, 201])
  }
})
