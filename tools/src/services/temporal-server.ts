import { type KeptProcess, startKept } from './kept-process.ts'
import { isListening, waitFor } from './wait-for.ts'

const LOOPBACK = '127.0.0.1'

/**
 * How much memory the server takes: without this it keeps all it has seen lately, up to half a gigabyte. Workflows here are
 * short, and one that is looked at again an hour later comes from the file in a millisecond.
 */
const bounds = [
  // Workflows kept ready, of all.
  'history.hostLevelCacheMaxSize=256',
  'history.eventsHostLevelCacheMaxSizeBytes=4194304',
]
/** Garbage is collected before it is as much as what is in use; more often where the limit comes near. Not a hard limit. */
const memory = { GOGC: '75', GOMEMLIMIT: '250MiB' }

/** Where and how the development server runs. */
export interface TemporalServerOptions {
  /** Path of the Temporal CLI. */
  readonly cli: string
  /** @default '127.0.0.1': it knows no log-in. */
  readonly host?: string
  readonly port: number
  /** `null`: no UI. */
  readonly uiPort: number | null
  /** `null`: in memory. */
  readonly databaseFile: string | null
  readonly pidFile: string
  /** @default 'NORMAL': our own database is the source of truth, and what a power cut lost is started again. */
  readonly synchronous?: 'NORMAL' | 'FULL'
  /** Gets what it writes, as it comes. */
  readonly onOutput?: (chunk: Buffer) => void
}

/** The command line for `temporal`. */
export function temporalArguments(options: TemporalServerOptions): string[] {
  const file =
    options.databaseFile === null
      ? []
      : [
          ...['--db-filename', options.databaseFile],
          ...['--sqlite-pragma', 'journal_mode=WAL'],
          ...['--sqlite-pragma', `synchronous=${options.synchronous ?? 'NORMAL'}`],
        ]
  return [
    ...['server', 'start-dev', '--ip', options.host ?? LOOPBACK, '--port', String(options.port), '--log-level', 'warn'],
    ...(options.uiPort === null ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
    ...file,
    ...['system.enableActivityEagerExecution=true', ...bounds].flatMap((value) => ['--dynamic-config-value', value]),
  ]
}

/** The environment it runs in. An operator's own limits go first. */
export function temporalEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...memory, ...own }
}

/** The server ended, or stayed silent, instead of answering. */
export class TemporalStartError extends Error {
  override readonly name = 'TemporalStartError'
  readonly lastOutput: string

  constructor(lastOutput: string) {
    super(`the Temporal server did not start: ${lastOutput.trim() || 'no reason given'}`)
    this.lastOutput = lastOutput
  }
}

/** Starts the server and waits until its port answers. @throws {TemporalStartError} with its last words */
export async function startTemporalServer(options: TemporalServerOptions): Promise<KeptProcess> {
  const kept = startKept({
    command: options.cli,
    arguments: temporalArguments(options),
    pidFile: options.pidFile,
    env: temporalEnvironment(process.env),
    ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput }),
  })
  let hasEnded = false
  void kept.ended.then(() => (hasEnded = true))
  const isUp = await waitFor(
    async () => hasEnded || (await isListening({ port: options.port, host: options.host ?? LOOPBACK })),
    {
      limitMs: 60_000,
    },
  )
  if (isUp && !hasEnded) return kept
  await kept.stop()
  throw new TemporalStartError((await kept.ended).lastOutput)
}
