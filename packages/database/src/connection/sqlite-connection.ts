import { accessSync, constants } from 'node:fs'

import sqlite3 from 'sqlite3'

/** node-sqlite3's callback; `this` is the statement, with `changes` and `lastID`. */
export type Done = (this: unknown, error: Error | null, rows?: unknown) => void

/** How long a statement waits for another process's write lock before it fails with SQLITE_BUSY. */
const BUSY_TIMEOUT_MS = 10_000
/** Compiled statements kept per connection; the large ones take some 60 KB each. */
const MAX_STATEMENTS = 128

const PRAGMAS = [
  'PRAGMA journal_mode=WAL',
  'PRAGMA synchronous=FULL',
  'PRAGMA foreign_keys=ON',
  'PRAGMA temp_store=MEMORY',
  'PRAGMA cache_size=-16000',
  // In pages, 16 MB: the same index pages are written again and again, and are copied to the file once for all that.
  'PRAGMA wal_autocheckpoint=4000',
]

/** One open connection to the file, configured before its first statement, which caches its compiled statements. */
export class SqliteConnection {
  readonly #native: sqlite3.Database
  readonly #statements = new Map<string, sqlite3.Statement>()
  readonly #compiling = new Set<string>()
  #isClosed = false

  /** @param opened called once it is open and configured, or with the error */
  constructor(
    file: string,
    options: { readonly mode: number; readonly isReader: boolean },
    opened: (error: Error | null) => void,
  ) {
    const native = new sqlite3.Database(file, options.mode, (error) => {
      if (error !== null) return opened(error)
      // SQLite opens a file read-only if it may not write it now, and the connection stays so even after that is fixed.
      if (!options.isReader && !mayWrite(file)) return native.close(() => opened(readOnly(file)))
      // One statement at a time: more would only queue at the connection's mutex, and hold a pool thread meanwhile.
      native.serialize()
      native.configure('busyTimeout', BUSY_TIMEOUT_MS)
      native.exec([...PRAGMAS, ...(options.isReader ? ['PRAGMA query_only=ON'] : [])].join(';'), opened)
      return undefined
    })
    this.#native = native
  }

  run(sql: string, values: unknown, done: Done): void {
    // With RETURNING, `run` would leave the statement open at its first row, and the transaction with it.
    const statement = isWorthKeeping(sql, values) && !/\breturning\b/i.test(sql) ? this.#prepared(sql) : null
    if (statement === null) this.#native.run(sql, values, done)
    else statement.run(values, done)
  }

  all(sql: string, values: unknown, done: Done): void {
    const statement = isWorthKeeping(sql, values) ? this.#prepared(sql) : null
    if (statement === null) this.#native.all(sql, values, done)
    else statement.all(values, done)
  }

  exec(sql: string, done: Done | undefined): void {
    this.#native.exec(sql, done)
  }

  close(done: (error: Error | null) => void): void {
    this.#isClosed = true
    for (const statement of this.#statements.values()) statement.finalize()
    this.#statements.clear()
    this.#native.close(done)
  }

  /** The compiled statement, if cached. Otherwise compiles it for next time: an invalid one would never call back. */
  #prepared(sql: string): sqlite3.Statement | null {
    const kept = this.#statements.get(sql)
    if (kept !== undefined) {
      this.#statements.delete(sql)
      this.#statements.set(sql, kept)
      return kept
    }
    if (this.#compiling.has(sql)) return null
    this.#compiling.add(sql)
    const statement = this.#native.prepare(sql, (error: Error | null) => {
      this.#compiling.delete(sql)
      if (error !== null) return
      if (this.#isClosed) return void statement.finalize()
      this.#statements.set(sql, statement)
      if (this.#statements.size > MAX_STATEMENTS) this.#dropOldest()
    })
    return null
  }

  #dropOldest(): void {
    for (const [sql, statement] of this.#statements) {
      this.#statements.delete(sql)
      statement.finalize()
      return
    }
  }
}

function mayWrite(file: string): boolean {
  try {
    accessSync(file, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function readOnly(file: string): Error {
  return Object.assign(new Error(`SQLITE_READONLY: ${file} cannot be written`), { code: 'SQLITE_READONLY' })
}

/** Statements with separate values recur; those with the values written into them do not. */
function isWorthKeeping(sql: string, values: unknown): boolean {
  if (typeof values !== 'object' || values === null) return false
  return Object.keys(values).length > 0 || /^(?:BEGIN|COMMIT|ROLLBACK)\b/.test(sql)
}
