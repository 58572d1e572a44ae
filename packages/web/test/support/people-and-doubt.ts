import { join } from 'node:path'
import { openAlerts } from '@paikea/database'
import type { TestDatabase } from '@paikea/database/testing'
import { createDevice, systemCaller } from '@paikea/operations'
import { Secret, TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { WEB } from './build-page.ts'
import { violationsOf } from './violations.ts'

export const PASSWORD = 'correct horse battery'
/** If anything showed it as markup, it would leave a mark on the window. */
export const HOSTILE = '<img src=x onerror="window.hurt=1">'
/** Pictures of the page, for people to look at. */
export const PICTURES = join(WEB, '.types', 'pictures')

/** What tests of a browser do with the system that the suite has started. */
export interface TestSystem {
  readonly url: string
  readonly openAs: (name: string, options?: { viewport: { width: number; height: number } }) => Promise<Page>
  readonly deliver: (
    momsn: number,
    fix: number | Date,
    latitude: string,
    longitude: string,
    sentAt: Date | null,
    more: Readonly<Record<string, string>>,
  ) => Promise<Date>
  readonly listen: (page: Page) => void
}

/** Tests of what is doubtful on the map, and of what people do with their accounts; the system is the suite's own. */
export function testPeopleAndDoubt(
  system: () => TestSystem & { readonly db: TestDatabase; readonly browser: Browser },
): void {
  it('keeps notes, and shares one device through a link until the link is ended', async () => {
    const { browser, listen, openAs, url } = system()
    const page = await openAs('ada')
    await page.goto(`${url}/devices/PK001`)
    await page.getByRole('textbox', { name: 'New note' }).fill(`${HOSTILE}\nThe key has Tāne.`)
    await page.getByRole('button', { name: 'Add the note' }).click()
    await page.getByText('The key has Tāne.').waitFor()
    await page.getByLabel('For whom').fill('coast guard')
    await page.getByRole('button', { name: 'Create a link' }).click()
    const link = page.getByRole('status').filter({ hasText: 'Copy it now' }).getByRole('link')
    const stranger = await browser.newContext({ viewport: { width: 360, height: 740 } })
    const shared = await stranger.newPage()
    listen(shared)
    await shared.goto(String(await link.getAttribute('href')))
    await shared.getByRole('heading', { name: HOSTILE }).waitFor()
    await shared.getByText('37°00.000′ S 179°57.000′ W').waitFor()
    await shared.getByText('heard from in time').waitFor()
    expect(await violationsOf(shared)).toEqual([])
    await shared.screenshot({ path: join(PICTURES, 'shared-phone.png') })
    await page.getByRole('row').filter({ hasText: 'coast guard' }).getByRole('button', { name: 'End' }).click()
    await page.getByText('There are no links to this device.').waitFor()
    await shared.reload()
    await shared.getByText('This link does not lead anywhere any more.').waitFor()
    expect(await page.evaluate(() => 'hurt' in window)).toBe(false)
    await stranger.close()
    await page.context().close()
  }, 120_000)

  it('draws a fleet across the date line, clusters neighbours, and marks doubtful positions', async () => {
    const { db, deliver, openAs } = system()
    const page = await openAs('ada')
    const caller = systemCaller('test')
    const imeis = ['300234010753371', '300234010753372']
    for (const imei of imeis) await createDevice({ db, caller }, { kind: 'buoy', imei, groupId: 1 })
    const [east = '', twin = ''] = imeis
    await deliver(1, 40, '1700.0000', '17958.0000E', null, { imei: east })
    const at = await deliver(1, 20, '1700.0100', '17958.0000E', null, { imei: twin })
    await deliver(2, at, '1700.0100', '17958.0000E', new Date(), { imei: twin })
    const device = await db.models.Device.findOne({ where: { iam: 'PK002' } })
    const now = new Date()
    const jump = { kind: 'position-implausible', deviceId: device?.id ?? 0, openKey: 'jump/2' } as const
    const found = [{ ...jump, groupId: 1, since: now, summary: 'It jumped.', advice: 'Look.' }]
    await db.write((tx) => openAlerts(db, { found, now }, tx))
    await page.getByRole('link', { name: 'Map' }).click()
    const canvas = page.locator('.map-canvas[data-drawn="yes"]')
    await canvas.waitFor()
    const view = async () => ((await canvas.getAttribute('data-view')) ?? '').split(' ').map(Number)
    // The whole fleet, and not the whole earth: a few minutes of longitude on both sides of 180°.
    const [longitude = 0, latitude = 0, zoom = 0] = await view()
    expect(Math.round(Math.abs(longitude))).toBe(180)
    expect(latitude).toBeGreaterThan(-37)
    expect(latitude).toBeLessThan(-17)
    expect(zoom).toBeGreaterThan(3.5)
    await page.getByRole('button', { name: /^PK003:/ }).click()
    await page.getByText(/, position frozen$/).waitFor()
    await page.getByRole('button', { name: /^PK002:/ }).click()
    await page.getByText(/, newest position not trusted$/).waitFor()
    await page.waitForFunction(
      () => document.querySelector('.map-canvas[data-drawn="yes"][data-view$=" 8.0"]') !== null,
    )
    await page.screenshot({ path: join(PICTURES, 'map-cluster.png') })
    // The middle is where both are; what is gathered opens.
    await page.locator('.map-canvas').click()
    await page.waitForFunction(
      () => document.querySelector('.map-canvas[data-drawn="yes"][data-view$=" 10.0"]') !== null,
    )
    await page.screenshot({ path: join(PICTURES, 'map-doubtful.png') })
    // Back and forward go through what was chosen.
    await page.goBack()
    await page.getByText(/, position frozen$/).waitFor()
    await page.goForward()
    await page.getByText(/, newest position not trusted$/).waitFor()
    await page.context().close()
  }, 120_000)

  it('shows and acknowledges alerts, saves who is notified, and sets and lifts an airtime limit', async () => {
    const { db, openAs, url } = system()
    const page = await openAs('ada')
    const now = new Date()
    const words = { groupId: 1, since: now, summary: 'It was last heard an hour ago.', advice: 'Look for it.' }
    const device = await db.models.Device.findOne({ where: { iam: 'PK001' } })
    await db.write((tx) =>
      openAlerts(
        db,
        { found: [{ ...words, kind: 'device-silent', deviceId: device?.id ?? 0, openKey: 'device-silent/1' }], now },
        tx,
      ),
    )
    await page.getByRole('link', { name: 'Inbox' }).click()
    await page.getByRole('heading', { name: 'PK001: a buoy is silent' }).waitFor()
    await page.goto(`${url}/setup/alerts`)
    await page.locator('li[data-alert="device-silent"]').getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByText('Acknowledged').waitFor()
    await page.getByLabel('E-mail addresses, one per line').fill('ada@example.org\nbob@example.org')
    await page.getByLabel('Nobody is woken at night').check()
    await page.getByLabel('battery low').first().uncheck()
    await page.getByLabel('Around this buoy’s present position').selectOption('PK001')
    await page.getByRole('button', { name: 'Watch it' }).click()
    await page.getByRole('cell', { name: '2000 m' }).waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    await page.reload()
    await page.getByRole('cell', { name: '2000 m' }).waitFor()
    expect(await page.getByLabel('battery low').first().isChecked()).toBe(false)
    expect(await page.getByLabel('E-mail addresses, one per line').inputValue()).toBe(
      'ada@example.org\nbob@example.org',
    )

    await page.goto(`${url}/setup/airtime`)
    await page.getByText('0 credits in 0 messages').waitFor()
    await page.getByLabel('Stops at (credits; empty: never)').fill('500')
    await page.getByRole('button', { name: 'Set it' }).click()
    await page.getByText('Saved.').waitFor()
    await page
      .locator('tr')
      .filter({ hasText: /Group crew\s*month\s*0\s*400\s*500/ })
      .waitFor()
    await page.getByLabel('Reason to let it pass').fill('a search off the cape')
    await page.getByRole('button', { name: 'Lift the stop' }).click()
    await page.getByText('The stop is lifted until').first().waitFor()
    await page.context().close()
  }, 120_000)

  it('limits a technician, ends other log-ins, changes a password, and sets up a second factor', async () => {
    const { openAs, url } = system()
    const [page, other] = [await openAs('carl'), await openAs('carl')]
    // A technician writes notes and acknowledges; commands, links and people are for others.
    await page.goto(`${url}/devices/PK001`)
    await page.getByRole('button', { name: 'Add the note' }).waitFor()
    expect(await page.title()).toBe('PK001 – Paikea')
    for (const name of ['Set interval', 'Create a link'])
      expect(await page.getByRole('button', { name }).count()).toBe(0)
    await page.goto(`${url}/setup/airtime`)
    await page.getByRole('cell', { name: 'Group crew' }).first().waitFor()
    expect(await page.getByRole('button', { name: 'Set it' }).count()).toBe(0)
    await page.getByRole('link', { name: 'Your account' }).click()
    await page.getByRole('button', { name: 'Log out everywhere else' }).click()
    await page.getByRole('button', { name: 'Log out everywhere else' }).waitFor({ state: 'hidden' })
    await other.reload()
    await other.getByLabel('E-mail').waitFor()
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.getByLabel('New password').fill('a battery of horses')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('The password is changed.').waitFor()
    await page.getByLabel('Your password').fill('a battery of horses')
    await page.getByRole('button', { name: 'Set up a second factor' }).click()
    await page.getByRole('img', { name: 'The secret as a QR code' }).waitFor()
    const secret = Secret.fromBase32(String(await page.locator('.notice code').textContent()))
    expect(await violationsOf(page)).toEqual([])
    await page.screenshot({ path: join(PICTURES, 'second-factor.png'), fullPage: true })
    await page.getByLabel('Code from your authenticator').fill(new TOTP({ secret }).generate())
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('Logging in requires a code from your authenticator.').waitFor()
    await page.getByText('0 are left.').waitFor()
    await page.getByLabel('Your password, for new codes').fill('a battery of horses')
    await page.getByRole('button', { name: 'Create new codes; the old ones stop working' }).click()
    await page.getByText('8 are left.').waitFor()
    const recoveryCode = String(await page.locator('.codes code').first().textContent())
    await page.getByText('This installation does not notify browsers.').waitFor()

    await other.getByLabel('E-mail').fill('carl@example.org')
    await other.getByLabel('Password').fill('a battery of horses')
    await other.getByRole('button', { name: 'Log in' }).click()
    await other.getByLabel('Code from your authenticator').fill(recoveryCode)
    await other.getByRole('button', { name: 'Log in' }).click()
    await other.getByRole('heading', { name: 'Fleet' }).waitFor()
    await other.context().close()
    await page.context().close()
  }, 120_000)
}
