import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

/** How a program and its keeper ended. */
export interface KeptEnd {
  /** `code 1`, `signal SIGKILL`: of the program, or of a keeper that could not tell. */
  readonly how: string
  /** The program's last output; kept in memory, because a full disk would lose a log. */
  readonly lastOutput: string
}

/** A third-party program that ends when we end, for whatever reason; see `keeper.sh`. */
export interface KeptProcess {
  /** The keeper, not the program. */
  readonly keeper: ChildProcess
  /** Resolves when keeper and program have ended. */
  readonly ended: Promise<KeptEnd>
  /** Asks the program to stop, and waits for it. */
  stop(): Promise<void>
}

const KEPT_OUTPUT_CHARACTERS = 4_000

/** Starts `command` under a keeper. `pidFile` must be writable. */
export function startKept(options: {
  readonly command: string
  readonly arguments: readonly string[]
  readonly pidFile: string
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Receives the program's output as it arrives. */
  readonly onOutput?: (chunk: Buffer) => void
}): KeptProcess {
  const script = fileURLToPath(new URL('../../keeper.sh', import.meta.url))
  const keeper = spawn('/bin/sh', [script, options.pidFile, options.command, ...options.arguments], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: options.env ?? process.env,
    cwd: options.cwd,
  })
  let lastOutput = ''
  const remember = (chunk: Buffer): void => {
    lastOutput = (lastOutput + chunk.toString('utf8')).slice(-KEPT_OUTPUT_CHARACTERS)
    options.onOutput?.(chunk)
  }
  keeper.stdout.on('data', remember)
  keeper.stderr.on('data', remember)
  keeper.stdin.on('error', () => undefined)
  const ended = new Promise<KeptEnd>((resolve) => {
    keeper.on('error', (error) => resolve({ how: 'not started', lastOutput: error.message }))
    const end = (code: number | null, signal: NodeJS.Signals | null): void =>
      resolve({ how: describeEnd(code, signal), lastOutput })
    // A program that outlives its keeper keeps our end of the pipe open, and must not hold us up.
    keeper.on('exit', (code, signal) => (signal === null ? keeper.once('close', end) : end(code, signal)))
  })
  return {
    keeper,
    ended,
    async stop() {
      keeper.stdin.end()
      await ended
    },
  }
}

/** The keeper reports its program's signal as a shell does: 128 plus its number. */
function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  const [name = signal] = Object.entries(constants.signals).find(([, number]) => 128 + number === code) ?? []
  return name === null ? `code ${code}` : `signal ${name}`
}
