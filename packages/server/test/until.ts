import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again and again until it is so. @throws Error after `limitMs` */
export async function until(isSo: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> {
  for (const end = Date.now() + limitMs; !(await isSo());) {
    if (Date.now() > end) throw new Error(`not within ${limitMs / 1000} s`)
    await sleep(50)
  }
}
