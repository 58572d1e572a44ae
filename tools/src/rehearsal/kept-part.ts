import { closeSync, readFileSync } from 'node:fs'

import { startKept } from '../services/kept-process.ts'
import { waitFor } from '../services/wait-for.ts'
import { lastTellingLineOf, openLog } from '../start/part-log.ts'
import type { Part } from '../start/part.ts'
import { isAlive } from '../start/process-identity.ts'
import { StartError } from '../start/start-error.ts'

const UP_WITHIN_MS = 60_000

/** A third-party program as a part that can be killed and restarted. */
export function keptPart(options: {
  readonly name: string
  readonly command: string
  readonly arguments: readonly string[]
  readonly pidFile: string
  readonly logFile: string
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly isUp: () => Promise<boolean>
}): Part {
  const { name, logFile } = options
  return {
    name,
    logFile,
    async launch() {
      const log = openLog(logFile)
      const kept = startKept({ ...options, onOutput: (chunk) => log.write(chunk) })
      let hasEnded = false
      const ended = kept.ended.then(({ how, lastOutput }) => {
        hasEnded = true
        log.stop()
        closeSync(log.descriptor)
        return { how, lastLine: lastTellingLineOf(lastOutput), isFinal: false }
      })
      const isUp = await waitFor(async () => hasEnded || (await options.isUp()), { limitMs: UP_WITHIN_MS })
      if (!isUp || hasEnded) {
        await kept.stop()
        throw new StartError(`${name} did not start: ${(await ended).lastLine || 'no reason given'}; see ${logFile}`)
      }
      const pid = Number(readFileSync(options.pidFile, 'utf8'))
      return {
        pid,
        ended,
        // The keeper notices and ends as well.
        kill: () => void (isAlive(pid) && process.kill(pid, 'SIGKILL')),
        stop: () => kept.stop(),
      }
    },
  }
}
