import { createWriteStream, statSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'

import type { Database } from '../database.ts'
import { migrations } from '../migrations/list.ts'
import { BackupError } from './backup-error.ts'
import { writeWhole } from './files.ts'
import { DUMP_PROGRAMS, type MysqlAccess, runMysqlProgram } from './mysql-client.ts'
import { type BackupNotes, DUMP_MARK, RAN_MIGRATIONS } from './notes.ts'
import type { BackupSize } from './sqlite-backup.ts'

/**
 * One consistent snapshot of all tables beside concurrent writers; rows one at a time; binary data as hex, untouched by
 * character sets.
 */
const DUMP_WORDS = ['--single-transaction', '--quick', '--skip-lock-tables', '--hex-blob', '--no-tablespaces']

/** Writes the whole database as SQL by the server's own dump program, with the notes as its first line. */
export async function backUpMysql(
  db: Database,
  access: MysqlAccess,
  to: string,
  notes: BackupNotes,
): Promise<BackupSize> {
  // Counted before: everything present now is in the dump, and possibly more.
  const messages = await countRows(db)
  await writeWhole(to, async (partial) => {
    const file = createWriteStream(partial, { flags: 'r+' })
    const pending = new Set(await db.pendingMigrations())
    const ran = migrations.map(({ name }) => name).filter((name) => !pending.has(name))
    file.write(`${DUMP_MARK}${JSON.stringify({ ...notes, [RAN_MIGRATIONS]: ran.join(',') })}\n`)
    const words = [...DUMP_WORDS, access.location.database]
    await runMysqlProgram(DUMP_PROGRAMS, words, access, async ({ stdout }) => {
      if (stdout === null) throw new BackupError('the dump cannot be read')
      await pipeline(stdout, file)
    })
  })
  return { messages, bytes: statSync(to).size }
}

/** @returns how many messages are stored; 0 if there are no tables yet */
export async function countRows(db: Database): Promise<number> {
  const tables = await db.sequelize.getQueryInterface().showAllTables()
  return tables.includes('inbound_messages') ? db.models.InboundMessage.count() : 0
}
