import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { type RawRow, selectRows } from './statement.ts'

/** Maximum per statement: SQLite combines at most 500 SELECTs, and each of these is two. */
export const MAX_LOOKS = 100

/**
 * Runs the same `SELECT` for many inputs as one statement, for at most `MAX_LOOKS`. SQLite allows `LIMIT` in a union
 * only inside another SELECT.
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
