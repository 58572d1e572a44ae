import type { BrowserContext } from 'playwright-core'
import { type Figure, overRounds } from '../figures.ts'
import { BENCH_MODEMS } from '../messages.ts'
import { heapMegabytes, logIn, openBrowser, openCounted } from '../open-browser.ts'
import { SINCE_TRACK_MS, SLIDE } from '../page-scripts.ts'
import { deliver, untilNumber } from '../page-steps.ts'
import { seedYear, YEAR_FIXES } from '../seed-year.ts'
import { startStack, type Stack } from '../stack.ts'
import type { Section } from './section.ts'

const WAIT_MS = 60_000
/** A working day at sea for the reporting buoys, each reporting every ten minutes. */
const STEPS = 48
const REPORTS_A_STEP = 20
const STEP = '10:00'

/** The page in the tests' browser: software graphics on the same processors as everything else. */
export const web: Section = {
  name: 'web',
  about: 'the page: first load, a year of one buoy, memory over eight hours sped up',
  async measure(run) {
    const stack = await startStack({ ...run, database: 'sqlite', role: 'api', buoys: REPORTS_A_STEP })
    const browser = await openBrowser()
    try {
      const context = await logIn(browser, stack.baseUrl)
      const load: Record<string, number>[] = []
      for (let round = 1; round <= run.rounds; round += 1) load.push(await measureLoad(context, stack))
      run.progress('eight hours, sped up')
      // A browser of its own: the clock that is moved on stands still in all pages of one.
      const memory = await measureMemory(await logIn(browser, stack.baseUrl), stack)
      run.progress(`a year: ${YEAR_FIXES} fixes`)
      await seedYear(stack.db, { iam: stack.buoys[0] ?? '' })
      const year = await measureYear(context, stack)
      return [
        overRounds('first load, processor slowed 4×', load, '≤ 120 kB, < 2 s'),
        overRounds('memory over 8 h, sped up', [memory], 'ratio ≤ 1.2'),
        overRounds(`a year, ${YEAR_FIXES} fixes`, [year], 'drawn < 1 s, slider ≤ 100 ms'),
      ] satisfies Figure[]
    } finally {
      await browser.close()
      await stack.stop()
    }
  },
}

/** From an empty page to the latest positions, which appear in the first row. */
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

/** The page's clock jumps ten minutes at a time, so that its timers and the dead-connection check run too. */
async function measureMemory(context: BrowserContext, stack: Stack): Promise<Record<string, number>> {
  const { page, traffic } = await openCounted(context)
  await traffic.cdp.send('Performance.enable')
  await page.clock.install()
  await page.goto(stack.baseUrl)
  await page.locator('tr[data-iam]').first().waitFor({ timeout: WAIT_MS })
  let early = Number.NaN
  for (let step = 0; step < STEPS; step += 1) {
    await deliver(stack, { first: 500_000 + step * BENCH_MODEMS, count: REPORTS_A_STEP })
    await page.clock.fastForward(STEP)
    await page.waitForTimeout(100)
    if (step === 0) early = await heapMegabytes(traffic.cdp)
  }
  const late = await heapMegabytes(traffic.cdp)
  await page.close()
  return { earlyMb: early, lateMb: late, ratio: late / early }
}
