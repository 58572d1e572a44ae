import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

import sqlite3 from 'sqlite3'

import { type Done, SqliteConnection } from './sqlite-connection.ts'
import { type Ending, type Statements, sqliteStatements, type TransactionStatements } from './statements.ts'

/** Opens existing files only: if it may create one, Sequelize creates the folder anew for each transaction. */
export const SQLITE_OPEN_MODE = sqlite3.OPEN_READWRITE

export interface SqliteModule {
  /** For Sequelize's option `dialectModule`. */
  readonly module: object
  /** One transaction on its own connection, without Sequelize. Call it sequentially. */
  inTransaction<T>(work: (sql: Statements) => Promise<Ending<T>>): Promise<T>
  close(): Promise<void>
}

/**
 * The `dialectModule` that Sequelize gets instead of `sqlite3`: same interface, different connection life cycle.
 *
 * Sequelize opens the file anew for each transaction and closes it at its end, and knows no pragma but `foreign_keys`.
 * Here the connection of a finished transaction is pooled with its compiled statements, and every connection is
 * configured once. The first one Sequelize opens is used outside transactions; it refuses writes, so that none bypasses
 * the queue.
 */
export function createSqliteModule(file: string): SqliteModule {
  createOwnerOnly(file)
  const shelf: SqliteConnection[] = []
  const open = new Set<SqliteConnection>()
  /** Sequelize asks for a table's columns before each SELECT of a model; they change only with the tables. */
  const columns = new Map<string, unknown>()
  let isFirst = true

  class Database {
    readonly filename = file
    /** Sequelize marks the connections of transactions here. */
    uuid: string | undefined
    readonly #connection: SqliteConnection
    readonly #isReader: boolean

    constructor(_file: string, mode: number, callback: (error: Error | null) => void) {
      this.#isReader = isFirst
      isFirst = false
      const shelved = this.#isReader ? undefined : shelf.pop()
      if (shelved !== undefined) {
        this.#connection = shelved
        queueMicrotask(() => callback(null))
        return
      }
      this.#connection = new SqliteConnection(file, { mode, isReader: this.#isReader }, (error) => {
        if (error === null) open.add(this.#connection)
        callback(error)
      })
    }

    serialize(work: () => void): void {
      work()
    }

    run(sql: string, values: unknown, done?: Done): this {
      const given = readArguments(values, done)
      if (CHANGES_TABLES.test(sql)) columns.clear()
      this.#connection.run(sql, given.values, given.done)
      return this
    }

    all(sql: string, values: unknown, done?: Done): this {
      const given = readArguments(values, done)
      if (CHANGES_TABLES.test(sql)) columns.clear()
      if (!ASKS_FOR_COLUMNS.test(sql)) {
        this.#connection.all(sql, given.values, given.done)
        return this
      }
      const known = columns.get(sql)
      if (known !== undefined) {
        queueMicrotask(() => given.done.call(this, null, known))
        return this
      }
      this.#connection.all(sql, given.values, function (error, rows) {
        if (error === null && Array.isArray(rows) && rows.length > 0) columns.set(sql, rows)
        given.done.call(this, error, rows)
      })
      return this
    }

    exec(sql: string, done?: Done): this {
      columns.clear()
      this.#connection.exec(sql, done)
      return this
    }

    close(callback?: (error: Error | null) => void): void {
      if (!this.#isReader) {
        shelf.push(this.#connection)
        callback?.(null)
        return
      }
      open.delete(this.#connection)
      this.#connection.close((error) => callback?.(error))
    }
  }

  let writer: Promise<TransactionStatements> | null = null

  function openWriter(): Promise<TransactionStatements> {
    return new Promise((resolve, reject) => {
      const connection = new SqliteConnection(file, { mode: SQLITE_OPEN_MODE, isReader: false }, (error) => {
        if (error !== null) return reject(error)
        open.add(connection)
        return resolve(sqliteStatements(connection))
      })
    })
  }

  return {
    module: { ...sqlite3, Database },
    async inTransaction(work) {
      writer ??= openWriter().catch((error: unknown) => {
        writer = null
        throw error
      })
      const sql = await writer
      await sql.run('BEGIN IMMEDIATE', [])
      try {
        const { last, answer } = await work(sql)
        return answer(await sql.finish(last))
      } catch (error) {
        // Some errors have already rolled back: then there is nothing to roll back, which is an error too.
        await sql.run('ROLLBACK', []).catch(() => undefined)
        throw error
      }
    },
    close: async () => {
      await Promise.all(
        [...open].map((connection) => new Promise<void>((resolve) => connection.close(() => resolve()))),
      )
      open.clear()
      shelf.length = 0
    },
  }
}

const CHANGES_TABLES = /^\s*(?:CREATE|ALTER|DROP)\b/i
const ASKS_FOR_COLUMNS = /^PRAGMA table_info\(/i

/** node-sqlite3 lets the values be left out. */
function readArguments(values: unknown, done: Done | undefined): { values: unknown; done: Done } {
  // The only function allowed here is the callback.
  if (typeof values === 'function') return { values: [], done: values as Done }
  return { values: values ?? [], done: done ?? (() => undefined) }
}

function createOwnerOnly(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // SQLite gives the -wal and -shm files the permissions of this one.
  closeSync(openSync(file, 'a', 0o600))
  try {
    chmodSync(file, 0o600)
  } catch {
    // Another user's file that we may write to: its permissions are theirs to decide.
  }
}
