import { BackupError } from './backup-error.ts'

/** What a backup carries beside the tables, by name: short texts, secrets among them. */
export type BackupNotes = Readonly<Record<string, string>>

/** A backup of either kind, as its beginning shows. */
export type BackupKind = 'sqlite' | 'mysql'

/** Table of a SQLite backup that holds the notes; it does not outlive the restore. */
export const NOTES_TABLE = 'paikea_backup'

/** First words of a backup of MySQL: a comment for every tool that loads it. */
export const DUMP_MARK = '-- paikea backup '

/** The note of a dump that says which migrations its tables have seen: it shows before the dump is loaded. */
export const RAN_MIGRATIONS = 'migrations'

/** Reads notes as they stand in a file that someone may have edited. @throws {BackupError} */
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
