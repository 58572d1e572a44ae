import type { SqliteConnection } from './sqlite-connection.ts'

export type SqlValue = string | number | Uint8Array | null
export type Row = Readonly<Record<string, unknown>>

/** SQL with `?` for the values. */
export interface Statement {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** Statements within one transaction, sent straight to the driver. */
export interface Statements {
  readonly dialect: 'sqlite' | 'mysql'
  /** Whether INSERT supports RETURNING: SQLite and MariaDB do, MySQL does not. */
  readonly canReturn: boolean
  /** Reads the rows of a SELECT, or of a RETURNING. */
  all(sql: string, values: readonly SqlValue[]): Promise<Row[]>
  run(sql: string, values: readonly SqlValue[]): Promise<void>
  /** Runs several, in one round trip if the database supports that. @returns the rows of each */
  together(statements: readonly Statement[]): Promise<Row[][]>
}

/** A time as Sequelize stores it in this database. @throws RangeError if the date is invalid */
export function columnTime(dialect: Statements['dialect'], at: Date | null): string | null {
  if (at === null) return null
  return dialect === 'sqlite' ? `${spaced(at)} +00:00` : spaced(at)
}

/**
 * The end of a transaction's work: statements that go along with its commit, in one round trip if the database supports
 * that.
 */
export interface Ending<T> {
  readonly last: readonly Statement[]
  /** Converts the rows of each. It must not throw: everything is committed by then. */
  readonly answer: (results: readonly Row[][]) => T
}

/** A transaction's statements, for the code that begins and ends it. */
export interface TransactionStatements extends Statements {
  /** Runs the last statements and commits. @returns the rows of each */
  finish(statements: readonly Statement[]): Promise<Row[][]>
}

/** The parts of mysql2's connection used here; created with `multipleStatements`. */
export interface MysqlConnection {
  query(
    query: { sql: string; values: readonly SqlValue[] },
    done: (error: Error | null, results: unknown) => void,
  ): void
  destroy(): void
}

export function sqliteStatements(connection: SqliteConnection): TransactionStatements {
  const all = (sql: string, values: readonly SqlValue[]): Promise<Row[]> =>
    new Promise((resolve, reject) => {
      connection.all(sql, values, (error, rows) => {
        if (error !== null) return reject(error)
        return resolve(Array.isArray(rows) ? rows : [])
      })
    })
  const run = (sql: string, values: readonly SqlValue[]): Promise<void> =>
    new Promise((resolve, reject) => {
      connection.run(sql, values, (error) => (error === null ? resolve() : reject(error)))
    })
  const together = async (statements: readonly Statement[]): Promise<Row[][]> => {
    const results: Row[][] = []
    for (const { sql, values } of statements) results.push(await all(sql, values))
    return results
  }
  return {
    dialect: 'sqlite',
    canReturn: true,
    all,
    run,
    together,
    async finish(statements) {
      const results = await together(statements)
      await run('COMMIT', [])
      return results
    },
  }
}

/**
 * BEGIN goes along with the first statement, and COMMIT with the last ones: each round trip costs as much as a few
 * messages.
 */
export function mysqlStatements(connection: MysqlConnection, canReturn: boolean): TransactionStatements {
  let isOpen = false
  const send = (statements: readonly Statement[]): Promise<Row[][]> => {
    const trip = isOpen ? statements : [{ sql: 'START TRANSACTION', values: [] }, ...statements]
    const leadIn = trip.length - statements.length
    isOpen = true
    return new Promise((resolve, reject) => {
      const sql = trip.map((statement) => statement.sql).join(';')
      const values = ([] as SqlValue[]).concat(...trip.map((statement) => statement.values))
      connection.query({ sql, values }, (error, given) => {
        if (error !== null) return reject(error)
        // One statement yields its result, several yield a list of results; one that is not a list of rows tells how
        // many rows changed.
        const results: unknown[] = trip.length === 1 ? [given] : Array.isArray(given) ? given : []
        return resolve(results.slice(leadIn).map((rows) => (Array.isArray(rows) ? rows : [])))
      })
    })
  }
  const all = async (sql: string, values: readonly SqlValue[]): Promise<Row[]> =>
    (await send([{ sql, values }]))[0] ?? []
  return {
    dialect: 'mysql',
    canReturn,
    all,
    run: async (sql, values) => void (await all(sql, values)),
    together: send,
    finish: async (statements) => (await send([...statements, { sql: 'COMMIT', values: [] }])).slice(0, -1),
  }
}

const DAY_MS = 86_400_000
/** The last day written: nearly every time is on the same one, and the calendar arithmetic is the expensive part. */
let lastDay = { number: Number.NaN, text: '' }

/** `YYYY-MM-DD HH:MM:SS.mmm` */
function spaced(at: Date): string {
  const ms = at.getTime()
  const day = Math.floor(ms / DAY_MS)
  if (day !== lastDay.number) lastDay = { number: day, text: at.toISOString().slice(0, -14) }
  const inDay = ms - day * DAY_MS
  const seconds = Math.floor(inDay / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  return `${lastDay.text} ${two(hours)}:${two(minutes % 60)}:${two(seconds % 60)}.${String(inDay % 1000).padStart(3, '0')}`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
