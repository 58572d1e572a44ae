import type { SqliteConnection } from './sqlite-connection.ts'

export type SqlValue = string | number | Uint8Array | null
export type Row = Readonly<Record<string, unknown>>

/** Statements within one transaction, with `?` for the values, straight to the driver. */
export interface Statements {
  readonly dialect: 'sqlite' | 'mysql'
  /** An INSERT can answer rows (RETURNING): SQLite and MariaDB, not MySQL. */
  readonly canReturn: boolean
  /** Reads the rows of a SELECT, or of a RETURNING. */
  all(sql: string, values: readonly SqlValue[]): Promise<Row[]>
  run(sql: string, values: readonly SqlValue[]): Promise<void>
  /** A time as this database keeps it in Sequelize's columns. @throws RangeError for a Date that is none */
  time(at: Date | null): string | null
}

/** mysql2's connection, as far as it is used here. */
export interface MysqlConnection {
  query(
    query: { sql: string; values: readonly SqlValue[]; typeCast: typeof castByDriver },
    done: (error: Error | null, rows: unknown) => void,
  ): void
  destroy(): void
}

export function sqliteStatements(connection: SqliteConnection): Statements {
  return {
    dialect: 'sqlite',
    canReturn: true,
    all: (sql, values) =>
      new Promise((resolve, reject) => {
        connection.all(sql, values, (error, rows) => {
          if (error !== null) return reject(error)
          return resolve(Array.isArray(rows) ? rows : [])
        })
      }),
    run: (sql, values) =>
      new Promise((resolve, reject) => {
        connection.run(sql, values, (error) => (error === null ? resolve() : reject(error)))
      }),
    time: (at) => (at === null ? null : `${spaced(at)} +00:00`),
  }
}

export function mysqlStatements(connection: MysqlConnection, canReturn: boolean): Statements {
  const all = (sql: string, values: readonly SqlValue[]): Promise<Row[]> =>
    new Promise((resolve, reject) => {
      connection.query({ sql, values, typeCast: castByDriver }, (error, rows) => {
        if (error !== null) return reject(error)
        return resolve(Array.isArray(rows) ? rows : [])
      })
    })
  return {
    dialect: 'mysql',
    canReturn,
    all,
    run: async (sql, values) => void (await all(sql, values)),
    time: (at) => (at === null ? null : spaced(at)),
  }
}

/**
 * mysql2's own conversions instead of Sequelize's. A function, because with `true` mysql2 3.24 takes the connection's function all the same and
 * then never finds the row parser it has kept, but compiles and keeps another one for every query.
 */
function castByDriver(_field: unknown, next: () => unknown): unknown {
  return next()
}

/** `YYYY-MM-DD HH:MM:SS.mmm` */
function spaced(at: Date): string {
  const iso = at.toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`
}
