import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core'
import { ADMIN } from './stack.ts'

const CHROMIUM = '/usr/bin/chromium'

/** Starts the tests' browser. @throws Error if it is not installed */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env['PAIKEA_TEST_CHROMIUM'] ?? CHROMIUM
  if (!existsSync(executablePath)) throw new Error(`there is no Chromium at ${executablePath}`)
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--no-first-run', '--disable-background-networking'],
  })
}

/**
 * Logs a user in, in a fresh browser context; without the service worker, which would answer in place of the service.
 */
export async function logIn(browser: Browser, baseUrl: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, serviceWorkers: 'block' })
  const page = await context.newPage()
  await page.goto(baseUrl)
  await page.getByLabel('E-mail').fill(ADMIN.email)
  await page.getByLabel('Password').fill(ADMIN.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'Fleet' }).waitFor()
  await page.close()
  return context
}

/** Network traffic of a page. */
export interface Traffic {
  readonly cdp: CDPSession
  /** Compressed bytes of the page's files; API responses are not counted. */
  assetBytes(): number
}

/** Opens an empty page that counts what it loads. */
export async function openCounted(
  context: BrowserContext,
): Promise<{ readonly page: Page; readonly traffic: Traffic }> {
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true })
  const assets = new Set<string>()
  let bytes = 0
  cdp.on('Network.responseReceived', ({ requestId, response }) => {
    if (!new URL(response.url).pathname.startsWith('/v1/')) assets.add(requestId)
  })
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (assets.has(requestId)) bytes += encodedDataLength
  })
  return { page, traffic: { cdp, assetBytes: () => bytes } }
}

/** Busy time of a page's main thread, in milliseconds. */
export async function workedMs(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000
}

/** Script heap of a page after a garbage collection, in megabytes. */
export async function heapMegabytes(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage')
  const { metrics } = await cdp.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN) / 1e6
}
