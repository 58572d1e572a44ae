import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'

import { chainOf, codeOf } from '../connection/errors.ts'
import { openDatabase } from '../connection/open-database.ts'
import { parseDatabaseUri } from '../connection/parse-uri.ts'
import type { Database } from '../database.ts'
import { BackupError } from './backup-error.ts'
import { backUpMysql } from './mysql-backup.ts'
import { restoreMysql } from './mysql-restore.ts'
import { type BackupKind, type BackupNotes, DUMP_MARK } from './notes.ts'
import { backUpSqlite, type BackupSize } from './sqlite-backup.ts'
import { type Restored, restoreSqlite } from './sqlite-restore.ts'

/** The database to back up. */
export interface BackupAccess {
  readonly uri: string
  /** Takes precedence over a password in `uri`. */
  readonly password: string | null
}

/**
 * Writes the database's content at one instant to one file, readable by its owner only, while the service runs.
 *
 * @param notes additional contents of the file
 * @throws {BackupError} in one line
 */
export async function backUp({ uri, password }: BackupAccess, to: string, notes: BackupNotes): Promise<BackupSize> {
  const location = parseDatabaseUri(uri)
  return inWords(() =>
    location.dialect === 'sqlite'
      ? backUpSqlite(storedFile(location.file), to, notes)
      : withDatabase({ uri, password }, (db) => backUpMysql(db, { location, password }, to, notes)),
  )
}

/**
 * Replaces the database's content by a backup; the present content is moved aside, never deleted.
 *
 * @param options.suffix for the name of the data moved aside
 * @param options.aside where to put a dump of it, if it is not a file
 * @throws {BackupError} in one line
 */
export async function restore(
  { uri, password }: BackupAccess,
  options: { readonly from: string; readonly mayReplace: boolean; readonly suffix: string; readonly aside: string },
): Promise<Restored> {
  const location = parseDatabaseUri(uri)
  const kind = await kindOf(options.from)
  if (kind !== location.dialect) {
    const names = { sqlite: 'SQLite', mysql: 'MySQL or MariaDB' }
    throw new BackupError(
      `${options.from} is a backup of ${names[kind]}, PAIKEA_DB_URI names ${names[location.dialect]}`,
    )
  }
  return inWords(() =>
    location.dialect === 'sqlite'
      ? restoreSqlite({ ...options, file: storedFile(location.file) })
      : withDatabase({ uri, password }, (db) => restoreMysql({ ...options, db, access: { location, password } })),
  )
}

/** Turns errors of system and driver into one line too: a full disk, missing permission, an unresponsive server. */
async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const code = chainOf(cause)
      .map(codeOf)
      .find((one) => one !== '')
    if (cause instanceof BackupError || code === undefined) throw cause
    throw new BackupError(chainOf(cause).at(-1)?.message ?? code, { cause })
  }
}

async function withDatabase<T>({ uri, password }: BackupAccess, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ uri, pool: { max: 1 }, ...(password === null ? {} : { password }) })
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

function storedFile(file: string | null): string {
  if (file === null) throw new BackupError('a database in memory cannot be backed up')
  return file
}

const SQLITE_MARK = 'SQLite format 3\0'

async function kindOf(file: string): Promise<BackupKind> {
  if (!existsSync(file)) throw new BackupError(`${file} is not there`)
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
    const beginning = buffer.toString('latin1', 0, bytesRead)
    if (beginning.startsWith(SQLITE_MARK)) return 'sqlite'
    if (beginning.startsWith(DUMP_MARK)) return 'mysql'
    throw new BackupError(`${file} was not made by \`paikea backup\``)
  } finally {
    await handle.close()
  }
}
