import { columnTime, type Statement, type Statements } from '../connection/statements.ts'
import type { Database } from '../database.ts'
import { readNumber, selectRows } from '../queries/statement.ts'
import { MAX_BATCH_ITEMS, storeBatchAlongside } from '../store-batch/store-batch.ts'
import type { NewInbound, StoreOutcome } from '../store-batch/types.ts'

/** Upper bound on messages per call. */
export const MAX_HISTORY_ITEMS = MAX_BATCH_ITEMS

/** Up to which message another database has been imported; 0: none. */
export async function findImported(db: Database, { source }: { readonly source: string }): Promise<number> {
  const [row] = await selectRows(db, 'SELECT last_id FROM imports WHERE source = ?', [source])
  return row === undefined ? 0 : readNumber(row, 'imports.last_id')
}

/**
 * Stores messages of another database, and records the import's progress in the same transaction, so that a copy
 * repeated by the vendor is counted once, however often the import is interrupted.
 *
 * @param args `source`: fingerprint of the other database; `lastId`: everything up to this message is then imported
 */
export async function storeHistory(
  db: Database,
  items: readonly NewInbound[],
  args: { readonly source: string; readonly lastId: number },
): Promise<StoreOutcome[]> {
  if (items.length === 0) return []
  if (items.length > MAX_HISTORY_ITEMS) throw new RangeError(`at most ${MAX_HISTORY_ITEMS} messages at once`)
  return storeBatchAlongside(db, items, [noteStatement(db.dialect, args)])
}

function noteStatement(
  dialect: Statements['dialect'],
  { source, lastId }: { readonly source: string; readonly lastId: number },
): Statement {
  const now = columnTime(dialect, new Date())
  const tail =
    dialect === 'sqlite'
      ? 'ON CONFLICT (source) DO UPDATE SET last_id = excluded.last_id, updated_at = excluded.updated_at'
      : 'ON DUPLICATE KEY UPDATE last_id = VALUES(last_id), updated_at = VALUES(updated_at)'
  return {
    sql: `INSERT INTO imports (source, last_id, created_at, updated_at) VALUES (?, ?, ?, ?) ${tail}`,
    values: [source, lastId, now, now],
  }
}
