import sqlite3 from 'sqlite3'

/** A bare connection, for statements that Sequelize does not support. */
export interface SqliteHandle {
  exec(sql: string): Promise<void>
  /** The rows as SQLite returns them. */
  all(sql: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Copies the whole file as of one instant, while others write to it. */
  copyTo(file: string): Promise<void>
  close(): Promise<void>
}

/** `sqlite3_backup`, which the driver has but its types omit. */
interface DriverBackup {
  step(pages: number, done: (error: Error | null) => void): void
  finish(done: () => void): void
  readonly completed: boolean
}
type WithBackup = sqlite3.Database & { backup(file: string, opened: (error: Error | null) => void): DriverBackup }

/** All pages in one step: with several, each write of another process would restart the copy. */
const ALL_PAGES = -1
const BUSY_TIMEOUT_MS = 10_000

/** Opens an existing file. @throws the driver's error */
export async function openSqlite(file: string): Promise<SqliteHandle> {
  const native = await new Promise<sqlite3.Database>((resolve, reject) => {
    const made: sqlite3.Database = new sqlite3.Database(file, sqlite3.OPEN_READWRITE, (error) =>
      error === null ? resolve(made) : reject(error),
    )
  })
  native.configure('busyTimeout', BUSY_TIMEOUT_MS)
  const call = (run: (done: (error: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => run((error) => (error === null ? resolve() : reject(error))))
  return {
    exec: (sql) => call((done) => native.exec(sql, done)),
    all: (sql, values = []) =>
      new Promise((resolve, reject) => {
        native.all<Record<string, unknown>>(sql, [...values], (error, rows) =>
          error === null ? resolve(rows) : reject(error),
        )
      }),
    async copyTo(target) {
      let backup: DriverBackup | undefined
      await call((done) => (backup = (native as WithBackup).backup(target, done)))
      try {
        await call((done) => backup?.step(ALL_PAGES, done))
        if (backup?.completed !== true) throw new Error('the database was locked for too long')
      } finally {
        await new Promise<void>((resolve) => backup?.finish(resolve))
      }
    },
    close: () => call((done) => native.close(done)),
  }
}
