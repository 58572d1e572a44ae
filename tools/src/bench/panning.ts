import type { BrowserContext, Page } from 'playwright-core'
import { FRAMES_BEGIN, FRAMES_MEDIAN } from './page-scripts.ts'

const WAIT_MS = 60_000
/** Each takes a frame or more, and a frame in software graphics may take a second. */
const STEPS = 6

/** Frame time while the map is dragged back and forth, with and without the fleet; medians in milliseconds. */
export async function measurePanning(context: BrowserContext, baseUrl: string): Promise<Record<string, number>> {
  const emptyMs = await panned(context, { baseUrl, isEmpty: true })
  const fleetMs = await panned(context, { baseUrl, isEmpty: false })
  return { emptyFrameMs: emptyMs, fleetFrameMs: fleetMs, panRatio: fleetMs / emptyMs }
}

async function panned(
  context: BrowserContext,
  options: { readonly baseUrl: string; readonly isEmpty: boolean },
): Promise<number> {
  const page = await context.newPage()
  if (options.isEmpty) {
    const body = JSON.stringify({ at: new Date().toISOString(), items: [] })
    await page.route('**/v1/fleet', (route) => route.fulfill({ contentType: 'application/json', body }))
  }
  await page.goto(`${options.baseUrl}/map`)
  await page.locator('.map-canvas[data-drawn="yes"]').waitFor({ timeout: WAIT_MS })
  // First for the tiles that come into view, then for the frames.
  await drag(page, 1)
  await page.locator('.map-canvas[data-drawn="yes"]').waitFor({ timeout: WAIT_MS })
  await page.evaluate(FRAMES_BEGIN)
  await drag(page, STEPS)
  const median = await page.evaluate<number>(FRAMES_MEDIAN)
  await page.close()
  return median
}

/** Out and back, so that both directions show the same sea. */
async function drag(page: Page, steps: number): Promise<void> {
  const box = await page.locator('.map-canvas').boundingBox()
  if (box === null) throw new Error('there is no map')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + box.width / 3, y + box.height / 4, { steps })
  await page.mouse.move(x, y, { steps })
  await page.mouse.up()
}
