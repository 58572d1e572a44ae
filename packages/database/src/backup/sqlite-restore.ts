import { existsSync } from 'node:fs'
import { copyFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

import { codeOf } from '../connection/errors.ts'
import { migrations } from '../migrations/list.ts'
import { BackupError } from './backup-error.ts'
import { flush } from './files.ts'
import { type BackupNotes, NOTES_TABLE } from './notes.ts'
import { checkWhole, countMessages } from './sqlite-backup.ts'
import { openSqlite, type SqliteHandle } from './sqlite-handle.ts'

/** The result of a restore. */
export interface Restored {
  readonly messages: number
  readonly notes: BackupNotes
  /** Where the previous data was moved; `null` if there was none. */
  readonly before: string | null
}

/**
 * Replaces the database file by a backup; the present file is moved aside, never deleted.
 *
 * @param mayReplace even if the present file contains messages
 * @param suffix for the name of the data moved aside
 * @throws {BackupError} if the backup is damaged or of a later version, or a process has the file open
 */
export async function restoreSqlite(options: {
  readonly from: string
  readonly file: string
  readonly mayReplace: boolean
  readonly suffix: string
}): Promise<Restored> {
  const { from, file } = options
  const arriving = `${file}.restoring`
  try {
    await copyFile(from, arriving)
    const { messages, notes } = await unpack(arriving).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new BackupError(`${from}: ${why}`, { cause })
    })
    flush(arriving)
    const before = existsSync(file) ? `${file}.${options.suffix}` : null
    if (before !== null) {
      await checkUnused(file, options.mayReplace)
      await rename(file, before)
    }
    // Left behind by a damaged database: the next one would take them for its own.
    for (const end of ['-wal', '-shm'])
      if (existsSync(file + end)) await rename(file + end, `${before ?? `${file}.${options.suffix}`}${end}`)
    await rename(arriving, file)
    flush(dirname(file))
    return { messages, notes, before }
  } finally {
    await rm(arriving, { force: true })
  }
}

async function unpack(file: string): Promise<{ messages: number; notes: BackupNotes }> {
  const handle = await openSqlite(file)
  try {
    await checkWhole(handle)
    const notes = await readNotes(handle)
    await checkVersion(handle)
    await handle.exec(`DROP TABLE ${NOTES_TABLE}`)
    return { messages: await countMessages(handle), notes }
  } finally {
    await handle.close()
  }
}

async function readNotes(handle: SqliteHandle): Promise<BackupNotes> {
  const rows = await handle.all(`SELECT name, value FROM ${NOTES_TABLE}`).catch(() => {
    throw new BackupError('this is a SQLite database, not a backup made by `paikea backup`')
  })
  return Object.fromEntries(rows.map(({ name, value }) => [String(name), String(value)]))
}

async function checkVersion(handle: SqliteHandle): Promise<void> {
  const rows = await handle.all('SELECT name FROM schema_migrations')
  checkKnown(rows.map(({ name }) => String(name)))
}

/** @throws {BackupError} for tables of a version after this one */
export function checkKnown(ran: readonly string[]): void {
  const known = new Set(migrations.map(({ name }) => name))
  const unknown = ran.filter((name) => !known.has(name))
  if (unknown.length > 0)
    throw new BackupError(`the backup is from a later version (${unknown.join(', ')}): update first`)
}

/** Leaving WAL mode needs exclusive access: it detects any other process that has the file open, even idle. */
async function checkUnused(file: string, mayReplace: boolean): Promise<void> {
  const handle = await openSqlite(file)
  try {
    // A damaged one cannot be counted, and is the reason for restoring.
    const messages = await countMessages(handle).catch(() => null)
    if (messages !== 0 && !mayReplace)
      throw new BackupError(`there are ${messages ?? 'unreadable'} messages in ${file}: --replace moves them aside`)
    await handle.exec('PRAGMA busy_timeout=500; PRAGMA journal_mode=DELETE').catch((error: unknown) => {
      if (codeOf(error) === 'SQLITE_BUSY') throw new BackupError(`${file} is in use: stop Paikea first`)
    })
  } finally {
    await handle.close()
  }
}
