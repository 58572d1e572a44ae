import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

import sqlite3 from 'sqlite3'

/** How long a statement waits for another process's write lock before it fails with SQLITE_BUSY. */
export const SQLITE_BUSY_TIMEOUT_MS = 10_000

type Callback = (this: unknown, error: Error | null, rows?: unknown) => void

/**
 * The `dialectModule` Sequelize gets instead of `sqlite3`: same interface, other life of a connection.
 *
 * Sequelize opens the file anew for each transaction and closes it at its end, and knows of no other pragma than `foreign_keys`.
 * Here the connection of a finished transaction goes back on a shelf, and every connection is set up once, before its first statement.
 * The first one Sequelize opens is the one it uses outside transactions; it refuses to write, so that no write slips past the queue.
 */
export function createSqliteModule(file: string): { module: object; close: () => Promise<void> } {
  createOwnerOnly(file)
  const shelf: sqlite3.Database[] = []
  const open = new Set<sqlite3.Database>()
  let isFirst = true
  let isClosing = false

  class Database {
    readonly filename = file
    /** Sequelize marks the connections of transactions here. */
    uuid: string | undefined
    readonly #native: sqlite3.Database
    readonly #isReader: boolean

    constructor(_file: string, mode: number, callback: (error: Error | null) => void) {
      this.#isReader = isFirst
      isFirst = false
      const shelved = this.#isReader ? undefined : shelf.pop()
      if (shelved !== undefined) {
        this.#native = shelved
        queueMicrotask(() => callback(null))
        return
      }
      const native = new sqlite3.Database(file, mode, (error) => {
        if (error !== null) return callback(error)
        open.add(native)
        setUp(native, this.#isReader, callback)
        return undefined
      })
      this.#native = native
    }

    serialize(work: () => void): void {
      work()
    }
    run(sql: string, ...rest: unknown[]): this {
      this.#native.run(sql, ...rest)
      return this
    }
    all(sql: string, ...rest: unknown[]): this {
      this.#native.all(sql, ...(rest as [Callback]))
      return this
    }
    exec(sql: string, callback?: Callback): this {
      this.#native.exec(sql, callback)
      return this
    }
    close(callback?: (error: Error | null) => void): void {
      if (!this.#isReader && !isClosing) {
        shelf.push(this.#native)
        callback?.(null)
        return
      }
      open.delete(this.#native)
      this.#native.close((error) => callback?.(error))
    }
  }

  return {
    module: { ...sqlite3, Database },
    close: async () => {
      isClosing = true
      await Promise.all([...open].map((native) => new Promise<void>((resolve) => native.close(() => resolve()))))
      open.clear()
      shelf.length = 0
    },
  }
}

function setUp(native: sqlite3.Database, isReader: boolean, callback: (error: Error | null) => void): void {
  // One statement at a time per connection: they would only queue at the connection's mutex, and hold a thread of the pool meanwhile.
  native.serialize()
  native.configure('busyTimeout', SQLITE_BUSY_TIMEOUT_MS)
  const pragmas = [
    'PRAGMA journal_mode=WAL',
    'PRAGMA synchronous=FULL',
    'PRAGMA foreign_keys=ON',
    'PRAGMA temp_store=MEMORY',
    'PRAGMA cache_size=-16000',
    ...(isReader ? ['PRAGMA query_only=ON'] : []),
  ]
  native.exec(pragmas.join(';'), callback)
}

function createOwnerOnly(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // SQLite gives the -wal and -shm files the permissions of this one.
  closeSync(openSync(file, 'a', 0o600))
  try {
    chmodSync(file, 0o600)
  } catch {
    // Somebody else's file that we may write to: its permissions are that person's business.
  }
}
