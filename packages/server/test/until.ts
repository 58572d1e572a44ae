import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again and again until it is so. @throws Error after 30 s */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await isSo());) {
    if (Date.now() > end) throw new Error('not within 30 s')
    await sleep(50)
  }
}
