import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A helper process of the benchmark that listens on a port. */
export interface BenchChild {
  readonly port: number
  readonly process: ChildProcess
  stop(): Promise<void>
}

/** Starts one of the programs beside this file and waits until it listens. @throws Error if it exits instead */
export async function startChild(module: 'bare-koa' | 'bench-receiver' | 'bench-vendor'): Promise<BenchChild> {
  const child = fork(fileURLToPath(new URL(`./${module}.js`, import.meta.url)))
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`${module} ended before it listened`)
    }),
  ])
  return {
    port: (message as { port: number }).port, // our own programs, our own shape
    process: child,
    async stop() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
