import { type KeptProcess, startKept } from './kept-process.ts'
import { isListening, waitFor } from './wait-for.ts'

const loopback = '127.0.0.1'

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
  /** Descriptor of a file for what it writes. */
  readonly log?: number
}

/** The command line for `temporal`. */
export function temporalArguments(o: TemporalServerOptions): string[] {
  const file =
    o.databaseFile === null
      ? []
      : [
          ...['--db-filename', o.databaseFile],
          ...['--sqlite-pragma', 'journal_mode=WAL'],
          ...['--sqlite-pragma', `synchronous=${o.synchronous ?? 'NORMAL'}`],
        ]
  return [
    ...['server', 'start-dev', '--ip', o.host ?? loopback, '--port', String(o.port), '--log-level', 'warn'],
    ...(o.uiPort === null ? ['--headless'] : ['--ui-port', String(o.uiPort)]),
    ...file,
    ...['--dynamic-config-value', 'system.enableActivityEagerExecution=true'],
  ]
}

/** Starts the server and waits until its port answers. @throws Error with its last words */
export async function startTemporalServer(o: TemporalServerOptions): Promise<KeptProcess> {
  const kept = startKept({
    command: o.cli,
    arguments: temporalArguments(o),
    pidFile: o.pidFile,
    ...(o.log === undefined ? {} : { log: o.log }),
  })
  let hasEnded = false
  void kept.ended.then(() => (hasEnded = true))
  const isUp = await waitFor(async () => hasEnded || (await isListening({ port: o.port, host: o.host ?? loopback })), {
    limitMs: 60_000,
  })
  if (isUp && !hasEnded) return kept
  await kept.stop()
  throw new Error(`the Temporal server did not start: ${(await kept.ended).lastOutput.trim() || 'no reason given'}`)
}
