import { QueryTypes } from 'sequelize'
import type { Transaction } from 'sequelize'

import { columnTime } from '../connection/statements.ts'
import type { Database } from '../database.ts'
import type { RawRow, Selection } from '../sql/selection.ts'
import type { Condition } from '../sql/where.ts'

export type { RawRow }

/**
 * Runs a hand-written `SELECT`. Values are what the driver gives (SQLite: times as text, flags as 0 and 1): read them
 * with the functions below. Table names stand without backticks: with them Sequelize asks SQLite for the table's
 * columns first.
 */
export async function selectRows(
  db: Database,
  sql: string,
  values: readonly unknown[],
  tx?: Transaction,
): Promise<RawRow[]> {
  // Not as `SELECT`: then Sequelize copies each row, field by field.
  const [rows] = await db.sequelize.query(sql, {
    type: QueryTypes.RAW,
    replacements: withTimes(db, values),
    ...(tx === undefined ? {} : { transaction: tx }),
  })
  // Both drivers answer a SELECT with objects by the columns' names.
  return rows as RawRow[]
}

/** Runs a `SELECT` of these columns; `rest` is what follows its list. @throws {ColumnError} */
export async function select<Row>(
  db: Database,
  columns: Selection<Row>,
  { sql, values }: Condition,
  tx?: Transaction,
): Promise<Row[]> {
  const rows = await selectRows(db, `SELECT ${columns.sql} ${sql}`, values, tx)
  return rows.map((row) => columns.read(row))
}

/** Runs a hand-written statement that changes rows. Always in a transaction: writes go through `db.write`. */
export async function changeRows(
  db: Database,
  sql: string,
  values: readonly unknown[],
  tx: Transaction,
): Promise<void> {
  await db.sequelize.query(sql, { type: QueryTypes.RAW, replacements: withTimes(db, values), transaction: tx })
}

/** Runs a hand-written `UPDATE` as `changeRows` does; answers how many rows it changed. */
export async function countChanged(
  db: Database,
  sql: string,
  values: readonly unknown[],
  tx: Transaction,
): Promise<number> {
  const replacements = withTimes(db, values)
  const [, changed] = await db.sequelize.query(sql, { type: QueryTypes.UPDATE, replacements, transaction: tx })
  return changed
}

/**
 * Sequelize itself writes a time without its milliseconds to MySQL where it does not know the column, and an empty list
 * as nothing at all: `IN (NULL)` matches nothing.
 */
function withTimes({ dialect }: Database, values: readonly unknown[]): unknown[] {
  return values.map((value) => {
    if (value instanceof Date) return columnTime(dialect, value)
    return Array.isArray(value) && value.length === 0 ? [null] : value
  })
}

/** A time column: text in SQLite, a Date from MySQL. */
export function readTime(value: unknown): Date | null {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return value
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const time = new Date(typeof value === 'string' ? toIso(value) : value)
  return Number.isNaN(time.getTime()) ? null : time
}

/** "2026-11-24 16:29:06.123 +00:00", as Sequelize writes it to SQLite; ISO text where the database made it. */
function toIso(text: string): string {
  // Fifty thousand of them are in a large fleet: cut, not matched.
  if (text.length === 30 && text.endsWith(' +00:00')) return `${text.slice(0, 10)}T${text.slice(11, 23)}Z`
  return text.replace(/^(\d{4}-\d\d-\d\d) (\S+)(?: \+00:00)?$/, '$1T$2Z')
}

/** A number that is always there. */
export function readNumber(value: unknown): number {
  return Number(value)
}

export function readNumberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}

/** A text that is always there. */
export function readText(value: unknown): string {
  return readTextOrNull(value) ?? ''
}

export function readTextOrNull(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' ? value.toString() : null
}

/** A flag, or whether a subquery found something. */
export function readFlag(value: unknown): boolean {
  return value !== null && value !== undefined && value !== 0 && value !== false
}

/** JSON kept as text; what cannot be read is null, never an error. */
export function readJson(value: unknown): unknown {
  if (typeof value !== 'string') return null
  try {
    return JSON.parse(value)
  } catch {
    return null
  }
}

/** The time by the database's own clock, as a time column holds it. */
export function nowSql(dialect: Database['dialect']): string {
  return dialect === 'mysql' ? 'UTC_TIMESTAMP(3)' : `strftime('%Y-%m-%d %H:%M:%f +00:00', 'now')`
}

/** `(?,?,?),(?,?,?)` for an `INSERT` of many rows; `last` is SQL that ends each of them. */
export function valueGroups(rows: number, columns: number, last?: string): string {
  const values = Array.from({ length: columns }, () => '?')
  const group = `(${[...values, ...(last === undefined ? [] : [last])].join(',')})`
  return Array.from({ length: rows }, () => group).join(',')
}
