import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { DatabaseLocation } from '../connection/parse-uri.ts'
import { BackupError } from './backup-error.ts'

/** A MySQL or MariaDB server, with its password if that is given separately. */
export interface MysqlAccess {
  readonly location: DatabaseLocation & { readonly dialect: 'mysql' }
  readonly password: string | null
}

/** The programs that come with the server's client, MariaDB's name first: it also speaks to MySQL. */
export const DUMP_PROGRAMS = ['mariadb-dump', 'mysqldump'] as const
export const CLIENT_PROGRAMS = ['mariadb', 'mysql'] as const

const KEPT_ERROR_CHARACTERS = 2_000

/**
 * Runs the first of these programs that is installed. Host, user and password are passed in a file that only we can
 * read, since command lines are public.
 *
 * @param talk connects the program's input and output
 * @throws {BackupError} quoting the program's own error
 */
export async function runMysqlProgram(
  names: readonly string[],
  words: readonly string[],
  { location, password }: MysqlAccess,
  talk: (child: ChildProcess) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paikea-client-'))
  try {
    const options = join(folder, 'options.cnf')
    writeFileSync(options, clientOptions(location, password), { mode: 0o600 })
    for (const name of names) {
      const ran = await runProgram(name, [`--defaults-file=${options}`, ...words], talk)
      if (ran === 'missing') continue
      if (ran.code === 0) return
      throw new BackupError(`${name} failed: ${ran.errors.trim() || `code ${ran.code}`}`)
    }
    throw new BackupError(`none of these is installed: ${names.join(', ')} (Debian: mariadb-client)`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runProgram(
  name: string,
  words: readonly string[],
  talk: (child: ChildProcess) => Promise<void>,
): Promise<'missing' | { readonly code: number | null; readonly errors: string }> {
  const child = spawn(name, words, { stdio: ['pipe', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-KEPT_ERROR_CHARACTERS)))
  const ended = new Promise<'missing' | number | null>((resolve) => {
    child.on('error', () => resolve('missing'))
    child.on('close', (code) => resolve(code))
  })
  // A broken pipe says less than the program that broke it.
  const talked = talk(child).catch((error: unknown) => {
    errors ||= String(error)
    child.kill()
  })
  const end = await ended
  if (end === 'missing') return 'missing'
  await talked
  return { code: end, errors }
}

function clientOptions(location: MysqlAccess['location'], password: string | null): string {
  const { user, host, port, socketPath } = location
  const secret = password ?? location.password
  const lines = [
    '[client]',
    `user=${quote(user)}`,
    ...(secret === null ? [] : [`password=${quote(secret)}`]),
    ...(socketPath === null
      ? [`host=${quote(host)}`, `port=${port}`, 'protocol=tcp']
      : [`socket=${quote(socketPath)}`]),
    'default-character-set=utf8mb4',
  ]
  return `${lines.join('\n')}\n`
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
