import { statSync } from 'node:fs'

import { writeWhole } from './files.ts'
import { type BackupNotes, NOTES_TABLE } from './notes.ts'
import { openSqlite, type SqliteHandle } from './sqlite-handle.ts'
import { BackupError } from './backup-error.ts'

/** The size of a backup. */
export interface BackupSize {
  readonly messages: number
  readonly bytes: number
}

/** Copies the database at one instant, during writes, with the notes beside its tables. */
export async function backUpSqlite(file: string, to: string, notes: BackupNotes): Promise<BackupSize> {
  let messages = 0
  await writeWhole(to, async (partial) => {
    const source = await openSqlite(file)
    try {
      await source.copyTo(partial)
    } finally {
      await source.close()
    }
    const copy = await openSqlite(partial)
    try {
      // One file, without a write-ahead log beside it.
      await copy.exec('PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL')
      await copy.exec(`CREATE TABLE ${NOTES_TABLE} (name TEXT PRIMARY KEY, value TEXT NOT NULL)`)
      for (const [name, value] of Object.entries(notes))
        await copy.all(`INSERT INTO ${NOTES_TABLE} (name, value) VALUES (?, ?)`, [name, value])
      await checkWhole(copy)
      messages = await countMessages(copy)
    } finally {
      await copy.close()
    }
  })
  return { messages, bytes: statSync(to).size }
}

/** @throws {BackupError} if a page is damaged */
export async function checkWhole(handle: SqliteHandle): Promise<void> {
  const [row] = await handle.all('PRAGMA quick_check(1)')
  const [verdict] = Object.values(row ?? {})
  if (verdict !== 'ok') throw new BackupError(`the database is damaged: ${String(verdict)}`)
}

export async function countMessages(handle: SqliteHandle): Promise<number> {
  const [table] = await handle.all("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'inbound_messages'")
  if (table === undefined) return 0
  const [row] = await handle.all('SELECT COUNT(*) AS count FROM inbound_messages')
  return Number(row?.['count'])
}
