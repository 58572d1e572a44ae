import sqlite3 from 'sqlite3'

/** Another process, or another part of this one, has the file open. */
export class FileInUse extends Error {
  override readonly name = 'FileInUse'
}

/** A SQLite file opened exclusively until it is closed; the system releases it when a process dies. */
export interface SqliteFile {
  run(sql: string, values?: readonly unknown[]): Promise<void>
  /** The rows as SQLite returns them. */
  all(sql: string): Promise<readonly unknown[]>
  close(): Promise<void>
}

/** A process that is ending releases the file within this time. */
const PATIENCE_MS = 1_000

/** Exclusive before the first read, so that no second connection gets in. A commit is flushed before it returns. */
const PRAGMAS = 'PRAGMA locking_mode=EXCLUSIVE;PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL'

/**
 * Opens or creates a file and applies the statements in `tables`.
 *
 * @throws FileInUse
 * @throws Error with SQLite's `code` if the file cannot be opened or is not a SQLite file
 */
export async function openSqliteFile(file: string, tables: string): Promise<SqliteFile> {
  const native = await new Promise<sqlite3.Database>((resolve, reject) => {
    const made: sqlite3.Database = new sqlite3.Database(file, (error) =>
      error === null ? resolve(made) : reject(error),
    )
  })
  native.configure('busyTimeout', PATIENCE_MS)
  const call = (run: (done: (error: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => run((error) => (error === null ? resolve() : reject(error))))
  try {
    // A write, so that the lock is taken now and not with the first record.
    await call((done) => native.exec(`${PRAGMAS};${tables};BEGIN IMMEDIATE;COMMIT`, done))
  } catch (cause) {
    await call((done) => native.close(done))
    if (isBusy(cause)) throw new FileInUse(`${file} is in use`, { cause })
    throw cause
  }
  return {
    run: (sql, values = []) => call((done) => native.run(sql, [...values], done)),
    all: (sql) =>
      new Promise((resolve, reject) => {
        native.all(sql, (error, rows) => (error === null ? resolve(rows) : reject(error)))
      }),
    close: () => call((done) => native.close(done)),
  }
}

/** By shape: the driver may create its errors in another realm. */
function isBusy(cause: unknown): boolean {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null
  return code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED'
}
