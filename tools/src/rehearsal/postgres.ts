import { freePort } from '@paikea/firmware/testing'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runCommand } from '../binaries/run-command.ts'
import type { Part } from '../start/part.ts'
import { keptPart } from './kept-part.ts'

/** Debian's location, with one folder per version. */
const VERSIONS = '/usr/lib/postgresql'
/** It refuses to run as root: then its own account runs it. */
const ACCOUNT = 'postgres'

/** Our own empty PostgreSQL. */
export interface Postgres {
  readonly port: number
  /** Its superuser, without a password. */
  readonly user: string
  /** Owned by PostgreSQL's account. */
  readonly folder: string
  readonly part: Part
  /** Returns the first column of the first row. */
  ask(database: string, sql: string): Promise<string>
}

/** Creates it in a new folder; nothing runs yet. @throws Error if none is installed */
export async function preparePostgres(options: { readonly logs: string; readonly pids: string }): Promise<Postgres> {
  const bin = findPrograms()
  const user = 'temporal'
  const folder = await mkdtemp(join(tmpdir(), 'paikea-pg-'))
  const as = await accountOf(folder)
  const data = join(folder, 'data')
  const made = await run([
    ...as,
    join(bin, 'initdb'),
    '-D',
    data,
    '-A',
    'trust',
    '-U',
    user,
    '-E',
    'UTF8',
    '--no-locale',
  ])
  if (made.code !== 0) throw new Error(`initdb: ${made.stderr.slice(-500)}`)
  const port = await freePort()
  const [command, ...before] = [...as, join(bin, 'postgres')]
  const connection = ['-h', '127.0.0.1', '-p', String(port), '-U', user]
  const part = keptPart({
    name: 'postgres',
    command,
    cwd: folder,
    arguments: [
      ...before,
      ...['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder],
      ...['-c', 'max_connections=300', '-c', 'shared_buffers=256MB'],
    ],
    pidFile: join(options.pids, 'postgres'),
    logFile: join(options.logs, 'postgres.log'),
    isUp: async () => (await run([join(bin, 'pg_isready'), ...connection])).code === 0,
  })
  return {
    port,
    user,
    folder,
    part,
    async ask(database, sql) {
      const { code, stdout, stderr } = await run([join(bin, 'psql'), ...connection, '-d', database, '-Atc', sql])
      if (code !== 0) throw new Error(`psql: ${stderr}`)
      return stdout.trim()
    },
  }
}

function findPrograms(): string {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : []
  const newest = versions.toSorted((one, other) => Number(other) - Number(one))[0]
  if (newest === undefined) throw new Error('no PostgreSQL is installed (Debian: postgresql)')
  return join(VERSIONS, newest, 'bin')
}

/** Prefix for PostgreSQL's programs; gives their account the folder. */
async function accountOf(folder: string): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return []
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith(`${ACCOUNT}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error(`no account ${ACCOUNT} on this machine`)
  await chown(folder, Number(uid), Number(gid))
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
}

function run([command = '', ...words]: readonly string[]): ReturnType<typeof runCommand> {
  return runCommand(command, words, { timeoutMs: 120_000, cwd: '/' })
}
