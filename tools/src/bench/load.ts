import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LoadOrder, LoadResult } from './load-child.ts'

export type { LoadOrder, LoadResult } from './load-child.ts'

/**
 * Runs one load against a webhook address in its own process, so that the generator does not share an event loop with
 * what it measures (it does share the processors).
 * @throws Error if the generator dies
 */
export async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const child = fork(fileURLToPath(new URL('./load-child.js', import.meta.url)))
  try {
    const died = once(child, 'exit').then(([code]) => {
      throw new Error(`the load generator ended early (exit code ${String(code)})`)
    })
    const answer = once(child, 'message').then(([message]) => message as LoadResult) // our own child, our own shape
    child.send(order)
    return await Promise.race([answer, died])
  } finally {
    child.removeAllListeners('exit')
    child.disconnect()
  }
}
