import type { Page } from 'playwright-core'
import { benchDelivery } from './messages.ts'
import type { Stack } from './stack.ts'

const WAIT_MS = 60_000
const LOOK_EVERY_MS = 10

/**
 * Polls a script in the page until it yields a number. Evaluated from outside: the page's own policy forbids evaluating
 * text.
 *
 * @throws Error after a minute
 */
export async function untilNumber(page: Page, script: string): Promise<number> {
  const end = Date.now() + WAIT_MS
  for (;;) {
    const value = await page.evaluate<number | null>(script)
    if (value !== null) return value
    if (Date.now() > end) throw new Error(`the page answers no number to ${script}`)
    await page.waitForTimeout(LOOK_EVERY_MS)
  }
}

/** Delivers messages concurrently, one from each of as many modems. @throws Error if one is refused */
export async function deliver(
  stack: Stack,
  options: { readonly first: number; readonly count: number },
): Promise<void> {
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
