import { setTimeout as sleep } from 'node:timers/promises'

import { codeOf, DatabaseClosedError } from '../connection/errors.ts'
import { SqliteConnection } from '../connection/sqlite-connection.ts'
import { SQLITE_OPEN_MODE } from '../connection/sqlite-module.ts'
import type { WriteQueue } from '../connection/write-queue.ts'

/** Written once to the table and once to its index: together about the size of a message. */
const BYTES = 32_768
/**
 * A row that is never committed. Its pages exceed this connection's cache, so SQLite appends them to the write-ahead
 * log at once: a full or read-only disk shows, and the next writer overwrites them. It uses this table because it
 * always exists and has no other columns to fill in.
 */
const WRITE = `BEGIN IMMEDIATE;INSERT INTO schema_migrations (name) VALUES (zeroblob(${BYTES}));ROLLBACK`
/** No waiting for a lock inside SQLite: it would block this process's other writers. */
const PRAGMAS = 'PRAGMA cache_size=1;PRAGMA busy_timeout=0'

/** Other processes write for some milliseconds; a lock held for longer is a fault. */
const LOCKED_AFTER_MS = 1_000
const TRY_EVERY_MS = 50

export interface SqliteLook {
  /** A write that is rolled back, queued among this process's writers. @throws the driver's error */
  attempt(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** Probes on a separate connection, for its cache size and lock time-out. */
export function createSqliteLook(file: string, queue: WriteQueue): SqliteLook {
  let kept: Promise<SqliteConnection> | null = null
  let isClosed = false

  async function open(): Promise<SqliteConnection> {
    const connection = await new Promise<SqliteConnection>((resolve, reject) => {
      const made = new SqliteConnection(file, { mode: SQLITE_OPEN_MODE, isReader: false }, (error) =>
        error === null ? resolve(made) : reject(error),
      )
    })
    await exec(connection, PRAGMAS)
    return connection
  }

  function forget(opened: Promise<SqliteConnection>): void {
    if (kept === opened) kept = null
  }

  return {
    async attempt(signal) {
      // Before its turn: opening may take a while, and needs no lock.
      const opened = (kept ??= open())
      const connection = await opened.catch((error: unknown) => {
        forget(opened)
        throw error
      })
      const tryOnce = (): Promise<boolean> =>
        isWritten(connection).catch(async (error: unknown) => {
          // A connection to a file in trouble may stay broken: the next probe opens a new one.
          forget(opened)
          await closeConnection(connection)
          throw error
        })
      const lockedAt = performance.now() + LOCKED_AFTER_MS
      while (!signal.aborted) {
        if (isClosed) throw new DatabaseClosedError('the database was closed')
        if (await queue.run(tryOnce, { isUrgent: true, signal })) return
        if (performance.now() > lockedAt) throw busy()
        await sleep(TRY_EVERY_MS)
      }
    },
    async close() {
      isClosed = true
      const connection = await kept?.catch(() => null)
      if (connection !== null && connection !== undefined) await closeConnection(connection)
    },
  }
}

/** Returns false if someone else is writing. */
async function isWritten(connection: SqliteConnection): Promise<boolean> {
  try {
    await exec(connection, WRITE)
    return true
  } catch (error) {
    if (codeOf(error) === 'SQLITE_BUSY') return false
    throw error
  }
}

function busy(): Error {
  return Object.assign(new Error('SQLITE_BUSY: another process holds the write lock'), { code: 'SQLITE_BUSY' })
}

function exec(connection: SqliteConnection, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.exec(sql, (error) => (error === null ? resolve() : reject(error)))
  })
}

/** Closing rolls back an open transaction. */
function closeConnection(connection: SqliteConnection): Promise<void> {
  return new Promise((resolve) => connection.close(() => resolve()))
}
