import { type KeptProcess, startKept } from './kept-process.ts'
import { isListening, waitFor } from './wait-for.ts'

const LOOPBACK = '127.0.0.1'

/**
 * Limits the server's memory: otherwise it caches everything recent, up to half a gigabyte. Our workflows are short,
 * and one needed again an hour later is read from the file in a millisecond.
 */
const bounds = [
  // Cached workflows, in total.
  'history.hostLevelCacheMaxSize=256',
  'history.eventsHostLevelCacheMaxSizeBytes=4194304',
]
/** Collects garbage before it equals the live heap, and more often near the limit, which is soft. */
const memory = { GOGC: '75', GOMEMLIMIT: '250MiB' }

/** Where and how to run the development server. */
export interface TemporalServerOptions {
  /** Path of the Temporal CLI. */
  readonly cli: string
  /** @default '127.0.0.1': it has no authentication */
  readonly host?: string
  readonly port: number
  /** `null`: no UI. */
  readonly uiPort: number | null
  /** `null`: in memory. */
  readonly databaseFile: string | null
  readonly pidFile: string
  /** @default 'NORMAL': our own database is the source of truth, and what a power cut loses is started again */
  readonly synchronous?: 'NORMAL' | 'FULL'
  /** Receives its output as it arrives. */
  readonly onOutput?: (chunk: Buffer) => void
}

/** Command-line arguments for `temporal`. */
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

/** The environment it runs in. An operator's own limits take precedence. */
export function temporalEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...memory, ...own }
}

/** The server exited or stayed silent instead of coming up. */
export class TemporalStartError extends Error {
  override readonly name = 'TemporalStartError'
  readonly lastOutput: string

  constructor(lastOutput: string) {
    super(`the Temporal server did not start: ${lastOutput.trim() || 'no reason given'}`)
    this.lastOutput = lastOutput
  }
}

/** Starts the server and waits until its port responds. @throws {TemporalStartError} with its last output */
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
