import type { Database } from '../database.ts'
import { agoSql, beatProcess } from '../queries/processes.ts'
import { changeRows } from '../queries/statement.ts'

/** A process that showed itself for the last time so long ago. */
export async function silenceProcess(db: Database, id: number, seconds: number): Promise<void> {
  await beatProcess(db, id)
  const sql = `UPDATE processes SET beat_at = ${agoSql(db.dialect, seconds)} WHERE id = ?`
  await db.write((tx) => changeRows(db, sql, [id], tx))
}
