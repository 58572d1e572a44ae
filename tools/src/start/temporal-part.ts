import { closeSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { startTemporalServer } from '../services/temporal-server.ts'
import { waitFor } from '../services/wait-for.ts'
import type { Part, PartEnd, RunningPart } from './part.ts'
import { openLog } from './part-log.ts'
import { commandLine, isAlive } from './process-identity.ts'
import { StartError } from './start-error.ts'

/** Where the development server and its files are. */
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
export function temporalPart(o: TemporalPartOptions): Part {
  return { name: 'temporal', logFile: o.logFile, launch: () => launch(o) }
}

async function launch(o: TemporalPartOptions): Promise<RunningPart> {
  await endLeftOver(o)
  const log = openLog(o.logFile)
  try {
    const kept = await startTemporalServer({ ...o, log: log.descriptor })
    const ended = kept.ended.then(async ({ how }): Promise<PartEnd> => {
      log.stop()
      // A keeper that was killed could not take its program along.
      await endLeftOver(o)
      return { how, lastLine: log.lastTellingLine(), isFinal: false }
    })
    return {
      pid: readPid(o.pidFile),
      ended,
      kill: () => {
        kept.keeper.kill('SIGKILL')
        const pid = readPid(o.pidFile)
        if (pid !== null && isAlive(pid)) process.kill(pid, 'SIGKILL')
      },
      stop: async () => {
        // The keeper kills what does not end within 5 s.
        await kept.stop()
        await ended
      },
    }
  } catch {
    log.stop()
    throw new StartError(`Temporal did not start: ${log.lastTellingLine() || `see ${o.logFile}`}`)
  } finally {
    closeSync(log.descriptor)
  }
}

/** Ends a server that outlived its keeper. Only if it is really ours: it must have been told our database file. */
async function endLeftOver(o: TemporalPartOptions): Promise<void> {
  const pid = readPid(o.pidFile)
  if (pid === null) return
  const isOurs = async (): Promise<boolean> => (await commandLine(pid))?.includes(o.databaseFile) === true
  if (await isOurs()) {
    process.kill(pid, 'SIGKILL')
    await waitFor(async () => !(await isOurs()), { limitMs: 5_000 })
  }
  await rm(o.pidFile, { force: true })
}

function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    return Number.isInteger(pid) && pid > 1 ? pid : null
  } catch {
    return null
  }
}
