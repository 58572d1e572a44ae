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
  /** Gets what it writes, as it comes. */
  readonly onOutput?: (chunk: Buffer) => void
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
export async function startTemporalServer(o: TemporalServerOptions): Promise<KeptProcess> {
  const kept = startKept({
    command: o.cli,
    arguments: temporalArguments(o),
    pidFile: o.pidFile,
    ...(o.onOutput === undefined ? {} : { onOutput: o.onOutput }),
  })
  let hasEnded = false
  void kept.ended.then(() => (hasEnded = true))
  const isUp = await waitFor(async () => hasEnded || (await isListening({ port: o.port, host: o.host ?? loopback })), {
    limitMs: 60_000,
  })
  if (isUp && !hasEnded) return kept
  await kept.stop()
  throw new TemporalStartError((await kept.ended).lastOutput)
}
