import type { Kind, OutOf } from './kinds.ts'
import { WRONG } from './parse.ts'

/** A column of a table under the alias of one statement, or an expression in place of one. */
export interface Column<T> {
  /** Its text in a statement: `r.fix_at`. */
  readonly sql: string
  /** For error messages: `reports.fix_at`. */
  readonly origin: string
  readonly what: string
  readonly parse: (stored: unknown) => T | typeof WRONG
}

/** A stored value is missing or not of its column's kind: the tables are not those of this version. */
export class ColumnError extends Error {
  readonly code = 'DATABASE_WRONG_VALUE'
  override readonly name = 'ColumnError'
}

/** @throws {ColumnError} naming table and column, never the value */
export function readColumn<T>(column: Column<T>, stored: unknown): T {
  const value = column.parse(stored)
  if (value === WRONG) throw new ColumnError(`${column.origin}: expected ${column.what}, found ${describe(stored)}`)
  return value
}

/** An expression with its kind: `expression(flag, 'EXISTS (SELECT …)')`. */
export function expression<K extends Kind<unknown, never>>(kind: K, sql: string): Column<OutOf<K>> {
  // The kind's own parser: its type says what it returns.
  return { sql, origin: sql, what: kind.what, parse: kind.parse as Column<OutOf<K>>['parse'] }
}

/** A column of a LEFT JOINed table: null if there is no such row. */
export function maybe<T>(column: Column<T>): Column<T | null> {
  return {
    ...column,
    what: `${column.what} or null`,
    parse: (stored) => (stored === null ? null : column.parse(stored)),
  }
}

function describe(stored: unknown): string {
  if (stored === undefined) return 'no such column in the row'
  if (stored === null) return 'null'
  return stored instanceof Uint8Array ? 'bytes' : stored instanceof Date ? 'a wrong time' : `another ${typeof stored}`
}
