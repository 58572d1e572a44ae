import type { BrowserContext, Page } from 'playwright-core'
import { type Figure, overRounds } from '../figures.ts'
import { BENCH_MODEMS } from '../messages.ts'
import { logIn, openBrowser, openCounted, workedMs } from '../open-browser.ts'
import { LIST_MS, MARK_LIST } from '../page-scripts.ts'
import { deliver, untilNumber } from '../page-steps.ts'
import { measurePanning } from '../panning.ts'
import { seedFleet } from '../seed-fleet.ts'
import { startStack, type Stack } from '../stack.ts'
import type { Section } from './section.ts'

const DEVICES = 10_000
const MOVED = 100
const WAIT_MS = 60_000

/** A large fleet on the page, in the tests' browser. */
export const webFleet: Section = {
  name: 'web-fleet',
  about: `the page with ${DEVICES} devices: list, map, ${MOVED} moved, panning`,
  async measure(run) {
    const stack = await startStack({ ...run, database: 'sqlite', role: 'api', buoys: MOVED })
    const browser = await openBrowser()
    try {
      const context = await logIn(browser, stack.baseUrl)
      run.progress(`writing ${DEVICES} devices`)
      const [group] = await stack.db.models.Group.findAll({ limit: 1 })
      await seedFleet(stack.db, { devices: DEVICES - MOVED, groupId: group?.id ?? 1 })
      const many: Record<string, number>[] = []
      for (let round = 1; round <= run.rounds; round += 1) many.push(await measureMany(context, stack, round))
      run.progress('panning')
      const panning = await measurePanning(context, stack.baseUrl)
      return [
        overRounds(`${DEVICES} devices`, many, 'list and map < 1 s, moved < 0.3 s'),
        overRounds(`panning with ${DEVICES} devices`, [panning], 'ratio ≤ 1.33'),
      ] satisfies Figure[]
    } finally {
      await browser.close()
      await stack.stop()
    }
  },
}

/** From the fleet's response to its list, and from the click to the drawn map; then the movements. */
async function measureMany(context: BrowserContext, stack: Stack, round: number): Promise<Record<string, number>> {
  const { page, traffic } = await openCounted(context)
  await traffic.cdp.send('Performance.enable')
  await page.addInitScript({ content: MARK_LIST })
  await page.goto(stack.baseUrl)
  await page.locator('tr[data-iam]').first().waitFor({ timeout: WAIT_MS })
  const listMs = await untilNumber(page, LIST_MS)
  // Once for its chunks, once for its time.
  await openMap(page)
  await page.getByRole('link', { name: 'Fleet' }).click()
  await page.locator('tr[data-iam]').first().waitFor()
  const mapMs = await openMap(page)
  const movedMs = await measureMoved(page, stack, { traffic, round })
  await page.close()
  return { listMs, mapMs, movedMs }
}

async function openMap(page: Page): Promise<number> {
  const began = performance.now()
  await page.getByRole('link', { name: 'Map' }).click()
  await page.locator('.map-canvas[data-drawn="yes"]').waitFor({ timeout: WAIT_MS })
  return performance.now() - began
}

/** The page's CPU time for these reports, less its idle work over the same time. */
async function measureMoved(
  page: Page,
  stack: Stack,
  options: { readonly traffic: Awaited<ReturnType<typeof openCounted>>['traffic']; readonly round: number },
): Promise<number> {
  const { cdp } = options.traffic
  const span = 3000
  // After a device's first report the page reads the fleet again, for its schedule. That is no movement.
  await deliver(stack, { first: options.round * 10_000, count: MOVED })
  await page.waitForTimeout(2 * span)
  const idleFrom = await workedMs(cdp)
  await page.waitForTimeout(span)
  const before = await workedMs(cdp)
  await deliver(stack, { first: options.round * 10_000 + BENCH_MODEMS, count: MOVED })
  await page.waitForTimeout(span)
  return (await workedMs(cdp)) - before - (before - idleFrom)
}
