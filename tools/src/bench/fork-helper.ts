import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A helper process of the benchmark that answers each order with one message. */
export interface Helper {
  readonly process: ChildProcess
  /** Waits for its next message. @throws Error if it exits instead */
  hear<Answer>(): Promise<Answer>
  /** Sends an order and waits for the answer. @throws Error if it exits instead */
  ask<Answer>(order: object): Promise<Answer>
  stop(): Promise<void>
}

/** Starts the program `<module>.js` beside this file. */
export function forkHelper(module: string, args: readonly string[] = []): Helper {
  const child = fork(fileURLToPath(new URL(`./${module}.js`, import.meta.url)), args)
  const ended = once(child, 'exit')
  async function hear<Answer>(): Promise<Answer> {
    const answer = once(child, 'message').then(([message]) => message as Answer) // our own programs, our own shape
    const died = ended.then(([code]) => {
      throw new Error(`${module} ended with ${String(code)}`)
    })
    return await Promise.race([answer, died])
  }
  return {
    process: child,
    hear,
    ask<Answer>(order: object) {
      child.send(order)
      return hear<Answer>()
    },
    async stop() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
