import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { runtimeArguments } from './runtime.ts'

/** How a program and its keeper ended. */
export interface KeptEnd {
  /** `code 1`, `signal SIGKILL`, of the program or of a keeper that could not tell. */
  readonly how: string
  /** The last things the program wrote, where they do not go into a file. */
  readonly lastOutput: string
}

/** A foreign program that ends when we end, whatever ends us; see `keeper.mjs`. */
export interface KeptProcess {
  /** The keeper, not the program. */
  readonly keeper: ChildProcess
  /** Resolves when keeper and program have ended. */
  readonly ended: Promise<KeptEnd>
  /** Asks the program to stop, and waits for it. */
  stop(): Promise<void>
}

const keptOutputCharacters = 4_000

/** Starts `command` under a keeper. `pidFile` must be writable. */
export function startKept(o: {
  readonly command: string
  readonly arguments: readonly string[]
  readonly pidFile: string
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Descriptor of a file that takes what the program writes; without it the last part is kept in memory. */
  readonly log?: number
}): KeptProcess {
  const script = fileURLToPath(new URL('../../keeper.mjs', import.meta.url))
  const keeper = spawn(process.execPath, [...runtimeArguments(), script, o.pidFile, o.command, ...o.arguments], {
    stdio: ['pipe', o.log ?? 'pipe', o.log ?? 'pipe'],
    detached: true,
    env: o.env ?? process.env,
    cwd: o.cwd,
  })
  let lastOutput = ''
  const remember = (chunk: Buffer): void => {
    lastOutput = (lastOutput + chunk.toString('utf8')).slice(-keptOutputCharacters)
  }
  keeper.stdout?.on('data', remember)
  keeper.stderr?.on('data', remember)
  keeper.stdin?.on('error', () => undefined)
  const ended = new Promise<KeptEnd>((resolve) => {
    keeper.on('error', (error) => resolve({ how: 'not started', lastOutput: error.message }))
    keeper.on('close', (code, signal) => resolve({ how: describeEnd(code, signal), lastOutput }))
  })
  return {
    keeper,
    ended,
    async stop() {
      keeper.stdin?.end()
      await ended
    },
  }
}

/** The keeper tells of a signal to its program as a shell does, by 128 and its number. */
function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  const [name = signal] = Object.entries(constants.signals).find(([, number]) => 128 + number === code) ?? []
  return name === null ? `code ${code}` : `signal ${name}`
}
