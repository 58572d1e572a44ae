import type { Page } from 'playwright-core'
import { benchDelivery } from './messages.ts'
import type { Stack } from './stack.ts'

/** Waits until a script of the page answers a number. */
export async function untilNumber(page: Page, script: string): Promise<number> {
  const handle = await page.waitForFunction(
    `(() => { const value = ${script}; return value === null ? false : { value } })()`,
  )
  return ((await handle.jsonValue()) as { value: number }).value // as the scripts answer
}

/** Delivers that many messages at once, from as many of the modems. @throws Error if one is refused */
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
