import type { Database } from '../database.ts'
import { agoSql, beatProcess } from '../queries/processes.ts'
import { changeRows } from '../queries/statement.ts'

/** Makes a process look silent for this many seconds. */
export async function silenceProcess(db: Database, id: number, seconds: number): Promise<void> {
  await beatProcess(db, id)
  const sql = `UPDATE processes SET beat_at = ${agoSql(db.dialect, seconds)} WHERE id = ?`
  await db.write((tx) => changeRows(db, sql, [id], tx))
}
