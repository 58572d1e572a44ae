import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isDeno, runtimeArguments } from '../services/runtime.ts'
import type { SetUpSays, StarterSays } from './set-up-talk.ts'
import { StartError } from './start-error.ts'

/** The set-up as the starter sees it. */
export interface SetUp {
  /**
   * Waits for its next message of a type.
   *
   * @returns `null` if it ended with success instead: help was requested
   * @throws {StartError} with its message, if it failed or died
   */
  next<Type extends SetUpSays['type']>(type: Type): Promise<Extract<SetUpSays, { type: Type }> | null>
  tell(words: StarterSays): void
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
  kill(): void
}

/** Starts it with the starter's own flags; it prints to our output. */
export function startSetUp(flags: readonly string[]): SetUp {
  // Node runs the built file, Deno the source.
  const script = fileURLToPath(new URL(isDeno() ? './set-up-main.ts' : './set-up-main.js', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [...runtimeArguments(), script, ...flags], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const heard: SetUpSays[] = []
  let wake: () => void = () => undefined
  let end: { readonly code: number | null; readonly how: string } | null = null
  child.on('message', (message: SetUpSays) => {
    heard.push(message)
    wake()
  })
  const ended = new Promise<void>((resolve) => {
    const finish = (code: number | null, how: string): void => {
      end ??= { code, how }
      wake()
      resolve()
    }
    child.on('error', (error) => finish(null, error.message))
    // Only now have all its messages been received.
    child.on('exit', (code, signal) => {
      const tell = (): void => finish(code, signal ?? `code ${code}`)
      if (child.connected) child.once('disconnect', tell)
      else tell()
    })
  })
  return {
    async next(type) {
      for (;;) {
        for (let message = heard.shift(); message !== undefined; message = heard.shift()) {
          if (message.type === 'failed') throw new StartError(message.text)
          // Identified by its type: the set-up is of our own version.
          if (message.type === type) return message as Extract<SetUpSays, { type: typeof type }>
        }
        if (end?.code === 0) return null
        if (end !== null) throw new StartError(`the set-up ended (${end.how})`)
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    tell(words) {
      if (child.connected) child.send(words)
    },
    ended,
    kill: () => void child.kill('SIGKILL'),
  }
}
