import type { Database } from '../database.ts'
import { nowSql, readTime, selectRows } from './statement.ts'

/** What time it is by the database's own clock. */
export async function readClock(db: Database): Promise<Date> {
  const [row = {}] = await selectRows(db, `SELECT ${nowSql(db.dialect)} AS at`, [])
  return readTime(row, 'its clock AS at')
}
