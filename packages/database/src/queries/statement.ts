import { QueryTypes, type Transaction } from 'sequelize'

import { columnTime } from '../connection/statements.ts'
import type { Database } from '../database.ts'
import { readColumn } from '../sql/column.ts'
import { parseBytes, parseFlag, parseJson, parseNumber, parseText, parseTime, type WRONG } from '../sql/parse.ts'
import type { RawRow, Selection } from '../sql/selection.ts'
import type { Condition } from '../sql/where.ts'

export type { RawRow }

/**
 * Runs a hand-written `SELECT`. Values are as the driver returns them (SQLite: times as text, flags as 0 and 1): read
 * them with the functions below. Table names are written without backticks: with them Sequelize first asks SQLite for
 * the table's columns.
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
  // Both drivers return a SELECT's rows as objects by column name.
  return rows as RawRow[]
}

/**
 * Like `selectRows`, for thousands of rows at a time. node-sqlite3 creates every value and every name of every row by a
 * separate call, so SQLite instead writes all rows as one text, on its own thread, and they are parsed together: a third
 * of the CPU time. With mysql2 it would be slower: writing JSON takes MariaDB longer than it saves us.
 *
 * @param names the statement's column names; the columns contain no bytes
 */
export async function selectManyRows(
  db: Database,
  names: readonly string[],
  sql: string,
  values: readonly unknown[],
): Promise<RawRow[]> {
  if (db.dialect !== 'sqlite') return selectRows(db, sql, values)
  // JSON's own functions write 15 digits; 17 preserve a number exactly, and the readers accept it as text.
  const members = names.map((name) => `iif(typeof(${name}) = 'real', format('%!.17g', ${name}), ${name})`)
  const packed = `SELECT json_group_array(json_array(${members.join(', ')})) AS packed FROM (${sql})`
  const [row] = await selectRows(db, packed, values)
  const rows = JSON.parse(readText(row ?? {}, 'packed')) as unknown[][]
  return rows.map((each) => toRow(names, each))
}

function toRow(names: readonly string[], values: readonly unknown[]): RawRow {
  const row: Record<string, unknown> = {}
  for (const [index, name] of names.entries()) row[name] = values[index]
  return row
}

/** A time further ahead of now was written by a clock that was ahead. */
export const AHEAD_SECONDS = 60

/**
 * A condition with its values: the column's time lies before `before`, or ahead of now. What a clock that was hours ahead
 * wrote would otherwise count as recent for as long.
 */
export function isOldSql(column: string, before: Date): { readonly sql: string; readonly values: readonly Date[] } {
  return { sql: `(${column} < ? OR ${column} > ?)`, values: [before, new Date(Date.now() + AHEAD_SECONDS * 1000)] }
}

/** Assignments by which a delivery asks for a workflow anew; whatever start is noted late is of an earlier one. */
export function releaseSql(dialect: Database['dialect']): string {
  return `workflow_started_at = NULL, released_at = ${nowSql(dialect)}`
}

/** Runs a `SELECT` of these columns; `rest` follows its select list. @throws {ColumnError} */
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

/** Runs a hand-written `UPDATE` like `changeRows`. @returns how many rows it changed */
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
 * Sequelize writes a time to MySQL without milliseconds if it does not know the column, and an empty list as nothing at
 * all: `IN (NULL)` matches nothing.
 */
function withTimes({ dialect }: Database, values: readonly unknown[]): unknown[] {
  return values.map((value) => {
    if (value instanceof Date) return columnTime(dialect, value)
    return Array.isArray(value) && value.length === 0 ? [null] : value
  })
}

/**
 * Reads a column of a hand-written `SELECT`; `origin` names its source: `devices.iam`, or `devices.iam AS source_iam`.
 * The readers never invent a value. @throws {ColumnError} naming table and column if the value is missing or of another
 * kind
 */
function reader<T>(what: string, parse: (stored: unknown) => T | typeof WRONG): (row: RawRow, origin: string) => T {
  return (row, origin) => {
    const { column, property } = columnOf(origin)
    return readColumn({ sql: column, origin: column, what, parse }, row[property])
  }
}

function readerOrNull<T>(
  what: string,
  parse: (stored: unknown) => T | typeof WRONG,
): (row: RawRow, origin: string) => T | null {
  return reader(`${what} or null`, (stored) => (stored === null ? null : parse(stored)))
}

const asIs = (value: unknown): unknown => value

export const readTime = reader('a time', parseTime)
export const readTimeOrNull = readerOrNull('a time', parseTime)
export const readNumber = reader('a number', parseNumber)
export const readNumberOrNull = readerOrNull('a number', parseNumber)
export const readText = reader('a text', parseText)
export const readTextOrNull = readerOrNull('a text', parseText)
export const readBytes = reader('bytes', parseBytes)
/** A flag, or whether a subquery found something. */
export const readFlag = reader('a flag', parseFlag)
/** JSON stored as text. */
export const readJsonOrNull = readerOrNull('JSON', (stored) => parseJson(stored, asIs))

/** The same for a value that a model has read. @throws {ColumnError} */
export function parseStoredJson(origin: string, stored: string): unknown {
  return readColumn({ sql: origin, origin, what: 'JSON', parse: (text) => parseJson(text, asIs) }, stored)
}

/** The row's property, and the column's name in the tables; computed once for each. */
function columnOf(origin: string): { readonly column: string; readonly property: string } {
  const known = origins.get(origin)
  if (known !== undefined) return known
  const [column = origin, alias] = origin.split(' AS ')
  const made = { column, property: alias ?? column.slice(column.indexOf('.') + 1) }
  origins.set(origin, made)
  return made
}
const origins = new Map<string, { readonly column: string; readonly property: string }>()

/** The database's own clock, in a time column's format. */
export function nowSql(dialect: Database['dialect']): string {
  return dialect === 'mysql' ? 'UTC_TIMESTAMP(3)' : `strftime('%Y-%m-%d %H:%M:%f +00:00', 'now')`
}

/** `(?,?,?),(?,?,?)` for an `INSERT` of many rows; `last` is SQL appended to each. */
export function valueGroups(rows: number, columns: number, last?: string): string {
  const values = Array.from({ length: columns }, () => '?')
  const group = `(${[...values, ...(last === undefined ? [] : [last])].join(',')})`
  return Array.from({ length: rows }, () => group).join(',')
}
