import { closeSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { startTemporalServer, TemporalStartError } from '../services/temporal-server.ts'
import { waitFor } from '../services/wait-for.ts'
import type { Part, PartEnd, RunningPart } from './part.ts'
import { lastTellingLineOf, openLog } from './part-log.ts'
import { commandLine, isAlive } from './process-identity.ts'
import { StartError } from './start-error.ts'

/** Locations of the development server and its files. */
export interface TemporalPartOptions {
  readonly cli: string
  readonly host: string
  readonly port: number
  readonly uiPort: number
  readonly databaseFile: string
  readonly pidFile: string
  readonly logFile: string
}

/** Temporal's development server, with its database in the data folder. */
export function temporalPart(options: TemporalPartOptions): Part {
  return { name: 'temporal', logFile: options.logFile, launch: () => launch(options) }
}

async function launch(options: TemporalPartOptions): Promise<RunningPart> {
  await endLeftOver(options)
  const log = openLog(options.logFile)
  try {
    const kept = await startTemporalServer({ ...options, onOutput: (chunk) => log.write(chunk) })
    const ended = kept.ended.then(async ({ how, lastOutput }): Promise<PartEnd> => {
      log.stop()
      closeSync(log.descriptor)
      // A killed keeper could not take its program along.
      await endLeftOver(options)
      return { how, lastLine: lastTellingLineOf(lastOutput), isFinal: false }
    })
    return {
      pid: readPid(options.pidFile),
      ended,
      kill: () => {
        kept.keeper.kill('SIGKILL')
        const pid = readPid(options.pidFile)
        if (pid !== null && isAlive(pid)) process.kill(pid, 'SIGKILL')
      },
      stop: async () => {
        // The keeper kills what does not end within 5 s.
        await kept.stop()
        await ended
      },
    }
  } catch (error) {
    log.stop()
    closeSync(log.descriptor)
    const words = error instanceof TemporalStartError ? lastTellingLineOf(error.lastOutput) : String(error)
    throw new StartError(`Temporal did not start: ${words || `see ${options.logFile}`}`)
  }
}

/**
 * Ends a server that outlived its keeper, but only if it is really ours: its command line must name our database file.
 */
async function endLeftOver(options: TemporalPartOptions): Promise<void> {
  const pid = readPid(options.pidFile)
  if (pid === null) return
  const isOurs = async (): Promise<boolean> => (await commandLine(pid))?.includes(options.databaseFile) === true
  if (await isOurs()) {
    process.kill(pid, 'SIGKILL')
    await waitFor(async () => !(await isOurs()), { limitMs: 5_000 })
  }
  await rm(options.pidFile, { force: true })
}

function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    return Number.isInteger(pid) && pid > 1 ? pid : null
  } catch {
    return null
  }
}
