import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'

import { QueryTypes } from 'sequelize'

import type { Database } from '../database.ts'
import { BackupError } from './backup-error.ts'
import { backUpMysql, countRows } from './mysql-backup.ts'
import { CLIENT_PROGRAMS, type MysqlAccess, runMysqlProgram } from './mysql-client.ts'
import { type BackupNotes, DUMP_MARK, parseNotes, RAN_MIGRATIONS } from './notes.ts'
import { checkKnown, type Restored } from './sqlite-restore.ts'

/** Longer than any notes. */
const LONGEST_FIRST_LINE = 65_536
const LONGEST_LAST_LINES = 512
/** How long the connections of an ended program may take to disappear. */
const CLOSING_MS = 3_000
const LOOK_AGAIN_MS = 100

/**
 * Loads a dump into the database. First backs up the present content, then drops its tables.
 *
 * @param aside where that backup goes
 * @throws {BackupError} if others are connected, if there are messages and `mayReplace` is false, or if the dump is of
 * a later version
 */
export async function restoreMysql(options: {
  readonly db: Database
  readonly access: MysqlAccess
  readonly from: string
  readonly mayReplace: boolean
  readonly aside: string
}): Promise<Restored> {
  const { db, access, from } = options
  const notes = await readDumpNotes(from)
  await checkComplete(from)
  checkKnown((notes[RAN_MIGRATIONS] ?? '').split(',').filter((name) => name !== ''))
  await checkUnused(db)
  const tables = await db.sequelize.getQueryInterface().showAllTables()
  const stored = await countRows(db)
  if (stored > 0 && !options.mayReplace)
    throw new BackupError(`there are ${stored} messages in ${access.location.database}: --replace moves them aside`)
  const before = tables.length === 0 ? null : options.aside
  if (before !== null) await backUpMysql(db, access, before, {})
  await db.sequelize.getQueryInterface().dropAllTables()
  await runMysqlProgram(CLIENT_PROGRAMS, [access.location.database], access, async ({ stdin, stdout }) => {
    if (stdin === null) throw new BackupError('the dump cannot be loaded')
    stdout?.resume()
    await pipeline(createReadStream(from), stdin)
  })
  return { messages: await countRows(db), notes, before }
}

/** @throws {BackupError} for a file that `paikea backup` did not write */
export async function readDumpNotes(file: string): Promise<BackupNotes> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST_FIRST_LINE), 0, LONGEST_FIRST_LINE, 0)
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split('\n')
    if (!line.startsWith(DUMP_MARK)) throw new BackupError(`${file} was not made by \`paikea backup\``)
    return parseNotes(line.slice(DUMP_MARK.length))
  } finally {
    await handle.close()
  }
}

/**
 * Checks for the dump program's last line: a truncated dump may end between two statements and load without an error.
 *
 * @throws {BackupError} if it is missing
 */
export async function checkComplete(file: string): Promise<void> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const position = Math.max(0, size - LONGEST_LAST_LINES)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST_LAST_LINES), 0, LONGEST_LAST_LINES, position)
    if (!buffer.toString('latin1', 0, bytesRead).includes('-- Dump completed'))
      throw new BackupError(`${file}: the backup is cut short: its last line is missing`)
  } finally {
    await handle.close()
  }
}

/**
 * Other connections to the same database, as far as this account may see them. One that has just ended stays listed for
 * a moment.
 */
async function checkUnused(db: Database): Promise<void> {
  for (const end = Date.now() + CLOSING_MS; (await countOthers(db)) > 0; await sleep(LOOK_AGAIN_MS)) {
    if (Date.now() > end) throw new BackupError('other programs are connected to the database: stop Paikea first')
  }
}

async function countOthers(db: Database): Promise<number> {
  const [row] = await db.sequelize.query<{ count: number }>(
    `SELECT COUNT(*) AS count FROM information_schema.processlist
     WHERE db = DATABASE() AND id <> CONNECTION_ID() AND command <> 'Daemon'`,
    { type: QueryTypes.SELECT },
  )
  return Number(row?.count)
}
