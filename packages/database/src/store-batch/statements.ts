import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'

export type SqlValue = string | number | Uint8Array | null
export type Row = Readonly<Record<string, unknown>>

/** Statements within one transaction, with `?` for the values, straight to the driver. */
export interface Statements {
  readonly dialect: Database['dialect']
  /** Reads the rows of a SELECT, or of a RETURNING. */
  all(sql: string, values: readonly SqlValue[]): Promise<Row[]>
  run(sql: string, values: readonly SqlValue[]): Promise<void>
  /** A time as this database keeps it in Sequelize's columns. */
  time(at: Date | null): string | null
}

/** The drivers' connections, as far as they are used here: Sequelize's types do not show a transaction's connection. */
interface SqliteConnection {
  all(sql: string, values: readonly SqlValue[], done: (error: Error | null, rows: Row[]) => void): void
  run(sql: string, values: readonly SqlValue[], done: (error: Error | null) => void): void
}
interface MysqlConnection {
  query(
    query: { sql: string; values: readonly SqlValue[]; typeCast: typeof castByDriver },
    done: (error: Error | null, rows: unknown) => void,
  ): void
}

/**
 * Goes past Sequelize's `query()` on purpose: its named bind parameters cost SQLite a search per value, and its escaping costs more than
 * the rest of a batch; with a thousand values a statement that is most of the time of accepting.
 */
export function statementsOf(db: Database, tx: Transaction): Statements {
  // Set by Sequelize while the transaction is open; its type does not say so.
  const { connection } = tx as unknown as { connection: unknown }
  return db.dialect === 'sqlite'
    ? sqliteStatements(connection as SqliteConnection)
    : mysqlStatements(connection as MysqlConnection)
}

function sqliteStatements(connection: SqliteConnection): Statements {
  return {
    dialect: 'sqlite',
    all: (sql, values) =>
      new Promise((resolve, reject) => {
        connection.all(sql, values, (error, rows) => (error === null ? resolve(rows) : reject(error)))
      }),
    run: (sql, values) =>
      new Promise((resolve, reject) => {
        connection.run(sql, values, (error) => (error === null ? resolve() : reject(error)))
      }),
    time: (at) => (at === null ? null : `${spaced(at)} +00:00`),
  }
}

/**
 * mysql2's own conversions instead of Sequelize's. A function, because with `true` mysql2 3.24 takes the connection's function all the same and
 * then never finds the row parser it has kept, but compiles and keeps another one for every query.
 */
function castByDriver(_field: unknown, next: () => unknown): unknown {
  return next()
}

function mysqlStatements(connection: MysqlConnection): Statements {
  const all = (sql: string, values: readonly SqlValue[]): Promise<Row[]> =>
    new Promise((resolve, reject) => {
      connection.query({ sql, values, typeCast: castByDriver }, (error, rows) => {
        if (error !== null) return reject(error)
        return resolve(Array.isArray(rows) ? rows : [])
      })
    })
  return {
    dialect: 'mysql',
    all,
    run: async (sql, values) => void (await all(sql, values)),
    time: (at) => (at === null ? null : spaced(at)),
  }
}

/** `YYYY-MM-DD HH:MM:SS.mmm`. @throws RangeError for a Date that is none. */
function spaced(at: Date): string {
  const iso = at.toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`
}

/** `(?,?,…),(?,?,…),…` */
export function placeholders(rowCount: number, columnCount: number): string {
  const row = `(${marks(columnCount)})`
  return `${row},`.repeat(rowCount).slice(0, -1)
}

/** `?,?,…` */
export function marks(count: number): string {
  return '?,'.repeat(count).slice(0, -1)
}

/** A time read back: text in SQLite, a Date in MySQL. */
export function readTime(value: unknown): Date | null {
  if (value instanceof Date) return value
  return typeof value === 'string' ? new Date(value.replace(' +00:00', 'Z').replace(' ', 'T')) : null
}

export function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

export function readNumber(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}

/** Cut to the column's length: strict MySQL would refuse the row. */
export function clip(value: string | null, length: number): string | null {
  return value === null || value.length <= length ? value : value.slice(0, length)
}

/** MySQL knows no NaN and no infinity. */
export function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null
}
