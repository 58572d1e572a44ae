import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { cacheFolder } from '../binaries/cache-folder.ts'
import { runCommand } from '../binaries/run-command.ts'

/** Version of the server and of its schema tool; also their folder's name in the cache. */
const VERSION = 'v1.32.0'
const MODULES = { server: 'go.temporal.io/server/cmd/server', sql: 'go.temporal.io/server/cmd/tools/sql' }
/** It takes three minutes on two idle processors. */
const BUILD_LIMIT_MS = 40 * 60_000

/** Paths of the built programs. */
export interface TemporalPrograms {
  readonly server: string
  /** Creates and updates the tables. */
  readonly sql: string
}

/** Builds the server with Go, or finds it in the cache. @throws Error with Go's last output */
export async function buildTemporal(say: (line: string) => void): Promise<TemporalPrograms> {
  const folder = join(cacheFolder(), `temporal-server-${VERSION}`)
  await mkdir(folder, { recursive: true })
  for (const [name, module] of Object.entries(MODULES)) {
    if (await isThere(join(folder, name))) continue
    say(`building Temporal's ${name} ${VERSION} with Go (minutes, once)`)
    const env = { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' }
    const { code, stderr } = await runCommand('go', ['install', `${module}@${VERSION}`], {
      timeoutMs: BUILD_LIMIT_MS,
      env,
    })
    if (code !== 0) throw new Error(`go install ${module}@${VERSION}: ${stderr.trim().split('\n').at(-1) ?? 'no Go'}`)
  }
  return { server: join(folder, 'server'), sql: join(folder, 'sql') }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
