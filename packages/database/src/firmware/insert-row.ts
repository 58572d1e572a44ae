import { QueryTypes, type Transaction } from 'sequelize'
import { columnTime } from '../connection/statements.ts'
import type { Database } from '../database.ts'

/** A value of a column. */
export type ColumnValue = string | number | boolean | Date | null

/** Inserts a row, its columns by name. @returns its id */
export async function insertRow(
  db: Database,
  table: string,
  columns: Readonly<Record<string, ColumnValue>>,
  tx: Transaction,
): Promise<number> {
  const names = Object.keys(columns)
  const replacements = Object.values(columns).map((value) =>
    value instanceof Date ? columnTime(db.dialect, value) : value,
  )
  const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`
  const [id] = await db.sequelize.query(sql, { type: QueryTypes.INSERT, replacements, transaction: tx })
  return id
}
