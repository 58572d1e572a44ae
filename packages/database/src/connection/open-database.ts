import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { Sequelize, Transaction } from 'sequelize'

import { DatabaseClosedError, outOfReachCode } from './errors.ts'
import type { Database } from '../database.ts'
import { migrate, migrateDown, pendingMigrations } from '../migrations/migrate.ts'
import { type BeliefRules, DEFAULT_RULES } from '../store-batch/plausible.ts'
import { defineModels } from '../tables/mod.ts'
import { inMysqlTransaction, retryLockConflicts } from './mysql-transaction.ts'
import { type DatabaseLocation, parseDatabaseUri } from './parse-uri.ts'
import { lookAtMysql } from '../availability/mysql-look.ts'
import { createSilenceLimit, type WatchedConnection } from '../availability/silence.ts'
import { createSqliteLook } from '../availability/sqlite-look.ts'
import { createSqliteModule, SQLITE_OPEN_MODE } from './sqlite-module.ts'
import { createSpaceShortage } from '../availability/space-shortage.ts'
import { createWriteLook } from '../availability/write-look.ts'
import { createWriteQueue } from './write-queue.ts'

/** Options of `openDatabase`. */
export interface OpenDatabaseOptions {
  /** `sqlite:///file`, `sqlite::memory:` (a private file, gone after `close()`), `mysql://…`, `mariadb://…`, `mysql+mysqldb://…?unix_socket=…`. */
  readonly uri: string
  /** Takes precedence over a password in `uri`. */
  readonly password?: string | undefined
  /** Receives every SQL statement. @default none */
  readonly log?: ((sql: string) => void) | undefined
  /** MySQL only. @default { max: 10 } */
  readonly pool?: { readonly max?: number } | undefined
  /**
   * MySQL only: do not fail if the server is unreachable now; the first use reports that (`outOfReachCode`). @default
   * false
   */
  readonly mayBeAway?: boolean | undefined
  /**
   * MySQL only: a query without a response for this long fails (`isUnavailable`); migrations may take longer. @default
   * 75000
   */
  readonly maxSilenceMs?: number | undefined
  /** @default `DEFAULT_RULES` */
  readonly beliefRules?: BeliefRules | undefined
}

const CONNECT_TIMEOUT_MS = 3_000
/** Longer than any regular transaction, shorter than users' patience. */
const LOCK_WAIT_SECONDS = 5
/** How long altering a table waits for its readers, and they for it; the server's default is a day. */
const TABLE_LOCK_WAIT_SECONDS = 60
/** Longer than any of the server's own time-outs, whose errors are clearer. */
const MAX_SILENCE_MS = 75_000
/** Lets `tryWrite` detect a lock within its own time limit. */
const LOOK_LOCK_WAIT_SECONDS = 1

/**
 * Opens the database and makes one round trip to it; the tables stay unchanged (`migrate()` updates them).
 *
 * @throws {DatabaseUriError} if `uri` is invalid, or Sequelize's connection errors; neither contains the password
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const location = parseDatabaseUri(options.uri)
  const database = location.dialect === 'sqlite' ? openSqlite(location.file, options) : openMysql(location, options)
  try {
    await database.ping()
  } catch (error) {
    if (options.mayBeAway === true && outOfReachCode(error) !== null) return database
    await database.close().catch(() => undefined)
    throw error
  }
  return database
}

const MODEL_OPTIONS = { underscored: true, timestamps: false } as const

function openSqlite(file: string | null, options: OpenDatabaseOptions): Database {
  // Not SQLite's own ":memory:": there one connection serves all, and readers would see uncommitted data.
  const privateFolder = file === null ? mkdtempSync(join(tmpdir(), 'paikea-db-')) : null
  const path = privateFolder === null ? resolve(file ?? '') : join(privateFolder, 'database.sqlite')
  const sqlite = createSqliteModule(path)
  const sequelize = new Sequelize({
    dialect: 'sqlite',
    storage: path,
    dialectModule: sqlite.module,
    dialectOptions: { mode: SQLITE_OPEN_MODE },
    logging: options.log ?? false,
    define: MODEL_OPTIONS,
    // The driver waits for a lock itself; Sequelize would repeat that wait, five times in all.
    retry: { max: 1 },
  })
  const queue = createWriteQueue()
  const look = createSqliteLook(path, queue)
  return assemble({
    dialect: 'sqlite',
    beliefRules: options.beliefRules ?? DEFAULT_RULES,
    sequelize,
    attemptWrite: (signal) => look.attempt(signal),
    whileMigrating: (work) => work(),
    write: (work) => queue.run(() => sequelize.transaction({ type: Transaction.TYPES.IMMEDIATE }, work)),
    writeStatements: (work) => queue.run(() => sqlite.inTransaction(work), { isUrgent: true }),
    close: async () => {
      await sequelize.close()
      await sqlite.close()
      await look.close()
      if (privateFolder !== null) rmSync(privateFolder, { recursive: true, force: true })
    },
  })
}

function openMysql(location: DatabaseLocation & { dialect: 'mysql' }, options: OpenDatabaseOptions): Database {
  const silence = createSilenceLimit(options.maxSilenceMs ?? MAX_SILENCE_MS)
  const connect = (
    dialectOptions: object,
    pool: { readonly max: number },
    tableLockWaitSeconds = TABLE_LOCK_WAIT_SECONDS,
  ): Sequelize => {
    const made = new Sequelize({
      dialect: 'mysql',
      host: location.host,
      port: location.port,
      username: location.user,
      password: options.password ?? location.password ?? '',
      database: location.database,
      timezone: '+00:00',
      logging: options.log ?? false,
      define: { ...MODEL_OPTIONS, charset: 'utf8mb4', collate: 'utf8mb4_bin' },
      dialectOptions: {
        charset: 'utf8mb4',
        // mysql2's own conversions: Sequelize's would be called for every value, and parse each time from text.
        typeCast: true,
        connectTimeout: CONNECT_TIMEOUT_MS,
        ...(location.socketPath === null ? {} : { socketPath: location.socketPath }),
        ...dialectOptions,
      },
      pool: { ...pool, min: 0, idle: 30_000, acquire: 10_000 },
    })
    made.addHook('afterConnect', (connection) => {
      // mysql2's connection, which Sequelize passes as unknown.
      silence.watch(connection as WatchedConnection)
      return setUpMysqlSession(connection, tableLockWaitSeconds)
    })
    return made
  }
  const sequelize = connect({}, { max: options.pool?.max ?? 10 })
  // A separate pool for `writeStatements`: only there may one query contain several statements, all written by us with
  // separate values.
  const forStatements = connect({ multipleStatements: true }, { max: 4 })
  // And one for probes: a hanging write must take no connection from those that work.
  const forLooks = connect({ multipleStatements: true }, { max: 1 }, LOOK_LOCK_WAIT_SECONDS)
  let isMariaDb: boolean | null = null
  // MariaDB has supported it since 10.5, MySQL does not. Asked once: a server does not change its kind while connected.
  const canReturn = async (): Promise<boolean> =>
    (isMariaDb ??= (await sequelize.databaseVersion()).includes('MariaDB'))
  return assemble({
    dialect: 'mysql',
    beliefRules: options.beliefRules ?? DEFAULT_RULES,
    sequelize,
    attemptWrite: (signal) => lookAtMysql(forLooks, signal),
    whileMigrating: (work) => silence.suspend(work),
    write: (work) => retryLockConflicts(() => sequelize.transaction(work)),
    writeStatements: (work) =>
      retryLockConflicts(async () =>
        inMysqlTransaction({ sequelize: forStatements, canReturn: await canReturn() }, work),
      ),
    close: async () => {
      await sequelize.close()
      await forStatements.close()
      await forLooks.close()
    },
  })
}

/**
 * READ COMMITTED on purpose: each statement sees what was committed before it, so a transaction that waited for a row
 * lock then reads what the other one wrote, and fewer gaps are locked. Set per connection: per transaction it would
 * cost a round trip.
 */
async function setUpMysqlSession(given: unknown, tableLockWaitSeconds: number): Promise<void> {
  // mysql2's connection, which Sequelize passes as unknown.
  const connection = given as {
    query(sql: string, callback: (error: Error | null) => void): void
    destroy(): void
  }
  const run = (sql: string): Promise<void> =>
    new Promise((done, fail) => connection.query(sql, (error) => (error === null ? done() : fail(error))))
  try {
    await Promise.all([
      run('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'),
      run(
        `SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}, SESSION lock_wait_timeout = ${tableLockWaitSeconds},
         SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`,
      ),
    ])
  } catch (error) {
    // Sequelize forgets a connection whose set-up failed, but would leave it open.
    connection.destroy()
    throw error
  }
}

type Parts = Pick<Database, 'dialect' | 'sequelize' | 'beliefRules' | 'write' | 'writeStatements' | 'close'> & {
  /** A write that is rolled back. */
  readonly attemptWrite: (signal: AbortSignal) => Promise<void>
  /** Runs statements that may take very long. */
  readonly whileMigrating: <T>(work: () => Promise<T>) => Promise<T>
}

function assemble({ attemptWrite, whileMigrating, ...parts }: Parts): Database {
  const writeLook = createWriteLook(attemptWrite)
  const shortage = createSpaceShortage()
  const noting = <T>(write: Promise<T>): Promise<T> =>
    write.catch((error: unknown) => {
      shortage.failed(error)
      throw error
    })
  let closing: Promise<void> | null = null
  // Both databases would open another connection for a write after closing.
  const checkOpen = (): void => {
    if (closing !== null) throw new DatabaseClosedError('the database was closed')
  }
  const database: Database = {
    ...parts,
    write: async (work) => {
      checkOpen()
      return noting(parts.write(work))
    },
    writeStatements: async (work) => {
      checkOpen()
      const answer = await noting(parts.writeStatements(work))
      shortage.written()
      writeLook.wasWritten()
      return answer
    },
    models: defineModels(parts.sequelize),
    // With nothing to do it is quick, so a server that falls silent is detected.
    migrate: async () =>
      (await pendingMigrations(database)).length === 0 ? [] : whileMigrating(() => migrate(database)),
    migrateDown: () => whileMigrating(() => migrateDown(database)),
    pendingMigrations: () => pendingMigrations(database),
    ping: async () => void (await parts.sequelize.query('SELECT 1')),
    tryWrite: async () => {
      checkOpen()
      await writeLook.look()
      shortage.check()
    },
    close: () => (closing ??= parts.close()),
  }
  return database
}
