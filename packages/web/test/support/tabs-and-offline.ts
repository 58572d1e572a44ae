import { join } from 'node:path'
import type { LiveHub } from '@paikea/api'
import type { BrowserContext } from 'playwright-core'
import { type TestSystem, PICTURES } from './people-and-doubt.ts'

/** A browser has six connections for one service. */
const TABS = 8

/** Tests of what a browser keeps, and of many tabs in one; the system is the suite's own. */
export function testTabsAndOffline(system: () => TestSystem & { readonly hub: LiveHub }): void {
  it('shows offline what was loaded last, with its age, and returns to live', async () => {
    const { openAs, url } = system()
    const page = await openAs('ada', { viewport: { width: 360, height: 740 } })
    await page.locator('tr[data-iam="PK001"]').getByText('37°00.000′ S').waitFor()
    await page.evaluate(async () => void (await navigator.serviceWorker.ready))
    // Only a page that a service worker already holds goes through it.
    await page.reload()
    await page.getByRole('link', { name: 'Map' }).click()
    await page.locator('.map-canvas[data-drawn="yes"]').waitFor()
    // Kept beside what the map asks for, piece by piece.
    await page.waitForFunction(async () => (await caches.match('/map/base.pmtiles')) !== undefined)
    await page.waitForFunction(async () => {
      const cache = await caches.open('paikea-shell-2')
      return (await cache.keys()).some(({ url: kept }) => kept.includes('/assets/device-page'))
    })
    const context: BrowserContext = page.context()
    await context.setOffline(true)
    await page.goto(url)
    const notice = page.getByText(/^Offline: what you see was loaded .* ago \(.* UTC\)\. It is not live\.$/)
    await notice.waitFor()
    await page.locator('tr[data-iam="PK001"]').getByText('37°00.000′ S').waitFor()
    expect(await page.getByText('live', { exact: true }).count()).toBe(0)
    await page.screenshot({ path: join(PICTURES, 'offline.png') })
    await page.locator('tr[data-iam="PK001"] a').click()
    await page.getByText('37°00.000′ S 179°57.000′ W').waitFor()
    await notice.waitFor()
    expect(await page.getByRole('button', { name: 'Set interval' }).count()).toBe(0)
    await page.screenshot({ path: join(PICTURES, 'offline-device.png') })
    await page.getByRole('link', { name: 'Map', exact: true }).click()
    await page.locator('.map-canvas[data-drawn="yes"]').waitFor()
    await notice.waitFor()
    const piece = await page.evaluate(async () => {
      const answer = await fetch('/map/base.pmtiles', { headers: { Range: 'bytes=0-6' } })
      return [answer.status, await answer.text()]
    })
    expect(piece).toEqual([206, 'PMTiles'])
    await page.screenshot({ path: join(PICTURES, 'offline-map.png') })
    await context.setOffline(false)
    await notice.waitFor({ state: 'detached' })
    await page.getByText('live', { exact: true }).waitFor()
    await context.close()
  }, 90_000)

  it('keeps more tabs than a browser has connections live through one event stream', async () => {
    const { openAs, url, hub, deliver, listen } = system()
    const first = await openAs('bob')
    const context = first.context()
    await first.evaluate(async () => void (await navigator.serviceWorker.ready))
    const tabs = [first]
    while (tabs.length < TABS) {
      const tab = await context.newPage()
      listen(tab)
      await tab.goto(url)
      await tab.getByText('live', { exact: true }).waitFor()
      tabs.push(tab)
    }
    // Those of the other tests may still be closing.
    await until(() => hub.watcherCount() === 1)
    // The tab that held it goes, and another one takes over.
    await first.close()
    await deliver(3, 0, '1700.5000', '17958.0000E', null, { imei: '300234010753371' })
    for (const tab of tabs.slice(1)) await tab.locator('tr[data-iam="PK002"]').getByText('17°00.500′ S').waitFor()
    await until(() => hub.watcherCount() === 1)
    const last = tabs.at(-1) ?? first
    for (let load = 0; load < TABS; load += 1) {
      await last.reload()
      await last.getByText('live', { exact: true }).waitFor()
    }
    await context.close()
  }, 120_000)
}

async function until(check: () => boolean): Promise<void> {
  const end = Date.now() + 30_000
  while (!check()) {
    if (Date.now() > end) throw new Error('it did not come to that in time')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
