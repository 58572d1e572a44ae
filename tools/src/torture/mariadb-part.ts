import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { launchMariaDb, type MariaDbFiles } from '../services/private-mariadb.ts'
import type { Part } from '../start/part.ts'
import { isAlive } from '../start/process-identity.ts'

/** A private MariaDB as a part that can be stopped and restarted. */
export function mariaDbPart(files: MariaDbFiles): Part {
  return {
    name: 'mariadb',
    logFile: join(files.folder, 'data'),
    async launch() {
      const kept = await launchMariaDb(files)
      const pid = Number(readFileSync(files.pidFile, 'utf8'))
      return {
        pid,
        ended: kept.ended.then(({ how, lastOutput }) => ({
          how,
          isFinal: false,
          lastLine: lastOutput.trimEnd().split('\n').at(-1) ?? '',
        })),
        // The keeper notices and ends as well.
        kill: () => void (isAlive(pid) && process.kill(pid, 'SIGKILL')),
        stop: () => kept.stop(),
      }
    },
  }
}
