import type { BrowserContext, Page } from 'playwright-core'
import { type Figure, overRounds } from '../figures.ts'
import { BENCH_MODEMS, benchDelivery } from '../messages.ts'
import { heapMegabytes, logIn, openBrowser, openCounted, workedMs } from '../open-browser.ts'
import { LIST_MS, MARK_LIST, SINCE_TRACK_MS, SLIDE } from '../page-scripts.ts'
import { measurePanning } from '../panning.ts'
import { seedFleet } from '../seed-fleet.ts'
import { seedYear, YEAR_FIXES } from '../seed-year.ts'
import { startStack, type Stack } from '../stack.ts'
import type { Section } from './section.ts'

const DEVICES = 10_000
const MOVED = 100
const WAIT_MS = 60_000
/** A working day at sea of the reporting buoys, one report of each every ten minutes. */
const STEPS = 48
const REPORTS_A_STEP = 20
const STEP = '10:00'

/** The page in the tests' browser: software graphics on the same processors as everything else. */
export const web: Section = {
  name: 'web',
  about: `the page: first load, ${DEVICES} devices, ${MOVED} moved, panning, a year of one buoy, memory over eight hours sped up`,
  async measure(run) {
    const stack = await startStack({ ...run, database: 'sqlite', role: 'api' })
    const browser = await openBrowser()
    try {
      const context = await logIn(browser, stack.baseUrl)
      const load: Record<string, number>[] = []
      for (let round = 1; round <= run.rounds; round += 1) load.push(await measureLoad(context, stack))
      run.progress('eight hours, sped up')
      const memory = await measureMemory(context, stack)
      run.progress(`a year: ${YEAR_FIXES} fixes`)
      await seedYear(stack.db, { iam: stack.buoys[0] ?? '' })
      const year = await measureYear(context, stack)
      run.progress(`writing ${DEVICES} devices`)
      const [group] = await stack.db.models.Group.findAll({ limit: 1 })
      await seedFleet(stack.db, { devices: DEVICES - BENCH_MODEMS, groupId: group?.id ?? 1 })
      const many: Record<string, number>[] = []
      for (let round = 1; round <= run.rounds; round += 1) many.push(await measureMany(context, stack, round))
      run.progress('panning')
      const panning = await measurePanning(context, stack.baseUrl)
      return [
        overRounds('first load, processor slowed 4×', load, '≤ 120 kB, < 2 s'),
        overRounds('memory over 8 h, sped up', [memory], 'ratio ≤ 1.2'),
        overRounds(`a year, ${YEAR_FIXES} fixes`, [year], 'drawn < 1 s, slider ≤ 100 ms'),
        overRounds(`panning with ${DEVICES} devices`, [panning], 'ratio ≤ 1.33'),
        overRounds(`${DEVICES} devices`, many, 'list and map < 1 s, moved < 0.3 s'),
      ] satisfies Figure[]
    } finally {
      await browser.close()
      await stack.stop()
    }
  },
}

/** From nothing to the newest positions, which stand in the first row. */
async function measureLoad(context: BrowserContext, stack: Stack): Promise<Record<string, number>> {
  const { page, traffic } = await openCounted(context)
  await traffic.cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.goto(stack.baseUrl, { waitUntil: 'commit' })
  await page.locator('tr[data-iam]').first().waitFor({ timeout: WAIT_MS })
  const usableMs = await page.evaluate<number>('performance.now()')
  const kilobytes = traffic.assetBytes() / 1000
  await page.close()
  return { kilobytes, usableMs }
}

/** From the answer of the fleet to its list, and from the click to the drawn map; then what moves. */
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

/** What the page works for so many reports, less what it works anyway in the same time. */
async function measureMoved(
  page: Page,
  stack: Stack,
  options: { readonly traffic: Awaited<ReturnType<typeof openCounted>>['traffic']; readonly round: number },
): Promise<number> {
  const { cdp } = options.traffic
  const span = 3000
  const idleFrom = await workedMs(cdp)
  await page.waitForTimeout(span)
  const before = await workedMs(cdp)
  await deliver(stack, { first: options.round * 10_000, count: MOVED })
  await page.waitForTimeout(span)
  return (await workedMs(cdp)) - before - (before - idleFrom)
}

async function measureYear(context: BrowserContext, stack: Stack): Promise<Record<string, number>> {
  const { page } = await openCounted(context)
  await page.goto(`${stack.baseUrl}/map?device=${stack.buoys[0] ?? ''}`)
  const slider = page.locator('input[type="range"]')
  await slider.waitFor({ timeout: WAIT_MS })
  await untilNumber(page, SINCE_TRACK_MS)
  await page.locator('.map-canvas[data-drawn="yes"]').waitFor({ timeout: WAIT_MS })
  const drawnMs = await untilNumber(page, SINCE_TRACK_MS)
  const longestMs = await page.evaluate<number>(SLIDE)
  await page.close()
  return { drawnMs, sliderLongestMs: longestMs }
}

/** The page's own clock jumps ten minutes at a time, so that its timers, and a connection held for dead, run too. */
async function measureMemory(context: BrowserContext, stack: Stack): Promise<Record<string, number>> {
  const { page, traffic } = await openCounted(context)
  await traffic.cdp.send('Performance.enable')
  await page.clock.install()
  await page.goto(stack.baseUrl)
  await page.locator('tr[data-iam]').first().waitFor({ timeout: WAIT_MS })
  let early = Number.NaN
  for (let step = 0; step < STEPS; step += 1) {
    await deliver(stack, { first: 500_000 + step * REPORTS_A_STEP, count: REPORTS_A_STEP })
    await page.clock.fastForward(STEP)
    await page.waitForTimeout(100)
    if (step === 0) early = await heapMegabytes(traffic.cdp)
  }
  const late = await heapMegabytes(traffic.cdp)
  await page.close()
  return { earlyMb: early, lateMb: late, ratio: late / early }
}

async function untilNumber(page: Page, script: string): Promise<number> {
  const handle = await page.waitForFunction(
    `(() => { const value = ${script}; return value === null ? false : { value } })()`,
  )
  return ((await handle.jsonValue()) as { value: number }).value // as the scripts answer
}

async function deliver(stack: Stack, options: { readonly first: number; readonly count: number }): Promise<void> {
  const startedAt = new Date()
  const numbers = Array.from({ length: options.count }, (_, index) => options.first + index)
  await Promise.all(
    numbers.map(async (number) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await fetch(stack.webhookUrl, { method: 'POST', headers, body: benchDelivery(number, startedAt) })
      if (!answer.ok) throw new Error(`a delivery is answered ${String(answer.status)}`)
    }),
  )
}
