import { BackupError } from './backup-error.ts'

/** What a backup contains besides the tables, by name: short texts, including secrets. */
export type BackupNotes = Readonly<Record<string, string>>

/** The kind of a backup, as its beginning shows. */
export type BackupKind = 'sqlite' | 'mysql'

/** Table of a SQLite backup that holds the notes; dropped by a restore. */
export const NOTES_TABLE = 'paikea_backup'

/** Start of a MySQL backup: a comment for every tool that loads it. */
export const DUMP_MARK = '-- paikea backup '

/** The note of a dump that lists the migrations of its tables: readable before the dump is loaded. */
export const RAN_MIGRATIONS = 'migrations'

/** Parses notes from a file that someone may have edited. @throws {BackupError} */
export function parseNotes(text: string): BackupNotes {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BackupError('the notes of this backup cannot be read')
  }
  if (typeof value !== 'object' || value === null) throw new BackupError('the notes of this backup cannot be read')
  const texts = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(texts)
}
