import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** Reads rows with the bare database driver. */
export interface BareDriver {
  rows(sql: string): Promise<readonly unknown[]>
  close(): Promise<void>
}

type Callback = (error: Error | null, rows?: unknown) => void
interface Sqlite {
  all(sql: string, done: Callback): void
  close(done: Callback): void
}
interface Mysql {
  query(sql: string, done: Callback): void
  end(done: Callback): void
}

/** Opens the same driver that the database package uses. */
export function openBareDriver(
  options: { readonly file: string } | { readonly socket: string; readonly name: string },
): BareDriver {
  const load = createRequire(fileURLToPath(import.meta.resolve('@paikea/database')))
  const promised = <T>(ask: (done: Callback) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      // Both drivers call back with an error or the rows.
      ask((error, rows) => (error === null || error === undefined ? resolve(rows as T) : reject(error)))
    })
  if ('file' in options) {
    const sqlite3 = load('sqlite3') as { Database: new (file: string, mode: number) => Sqlite; OPEN_READONLY: number }
    const db = new sqlite3.Database(options.file, sqlite3.OPEN_READONLY)
    return { rows: (sql) => promised((done) => db.all(sql, done)), close: () => promised((done) => db.close(done)) }
  }
  const mysql2 = load('mysql2') as { createConnection: (options: object) => Mysql }
  const connection = mysql2.createConnection({
    socketPath: options.socket,
    user: 'root',
    database: options.name,
    timezone: 'Z',
  })
  return {
    rows: (sql) => promised((done) => connection.query(sql, done)),
    close: () => promised((done) => connection.end(done)),
  }
}
