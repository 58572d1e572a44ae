import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { type RawRow, selectRows } from './statement.ts'

/** So many go into one statement: SQLite puts 500 SELECTs together at most, and each of these is two. */
export const MAX_LOOKS = 100

/**
 * Runs the same `SELECT` for many as one statement, for `MAX_LOOKS` at most. SQLite takes none with `LIMIT` in a union but
 * from within another.
 */
export function selectAll(
  db: Database,
  args: { readonly sql: string; readonly count: number; readonly values: readonly unknown[] },
  tx: Transaction | undefined,
): Promise<RawRow[]> {
  if (args.count === 0) return Promise.resolve([])
  const terms = Array.from({ length: args.count }, (_, index) => `SELECT * FROM (${args.sql}) AS look_${index}`)
  return selectRows(db, terms.join(' UNION ALL '), args.values, tx)
}
