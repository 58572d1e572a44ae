import { type Database, followReplica, openDatabase, parseDatabaseUri, type ReadSide } from '@paikea/database'
import type { Log } from '@paikea/domain'
import type { Config } from '../config/load-config.ts'
import { makePrivateFolder } from '../first-start/private-folder.ts'
import { ServeError } from './serve-error.ts'

/** Creates the data folder if needed. @throws ServeError */
export async function makeDataFolder(config: Config): Promise<void> {
  try {
    await makePrivateFolder(config.dataFolder)
  } catch (cause) {
    throw new ServeError(`the data folder ${config.dataFolder} cannot be created: choose another with PAIKEA_DATA`, {
      isFinal: true,
      cause,
    })
  }
}

/**
 * Opens the configured database; with `mayBeAway`, one on another machine may be unreachable at the moment.
 *
 * @throws ServeError for the operator, without the connection string
 */
export async function openStore(config: Config, options: { readonly mayBeAway?: boolean } = {}): Promise<Database> {
  const { uri, password } = config.database
  try {
    return await openDatabase({
      uri,
      mayBeAway: options.mayBeAway,
      beliefRules: config.beliefRules,
      ...(password === null ? {} : { password }),
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ServeError(`the database cannot be opened (${reason}): check PAIKEA_DB_URI and PAIKEA_DB_PASS`, {
      isFinal: false,
      cause,
    })
  }
}

/**
 * Connects to the read replica if one is configured. It may be unavailable, now or later. @throws ServeError if it
 * refuses us
 */
export async function openReadSide(
  config: Config,
  options: { readonly primary: Database; readonly log: Log },
): Promise<ReadSide | null> {
  const { readUri, password } = config.database
  if (readUri === null) return null
  try {
    const replica = await openDatabase({
      uri: readUri,
      mayBeAway: true,
      beliefRules: config.beliefRules,
      ...(password === null ? {} : { password }),
    })
    return followReplica({ ...options, replica })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ServeError(`the replica cannot be opened (${reason}): check PAIKEA_DB_READ_URI`, {
      isFinal: false,
      cause,
    })
  }
}

/** Describes where the database is, without user and password. */
export function describeStore({ database }: Config): string {
  const location = parseDatabaseUri(database.uri)
  if (location.dialect === 'sqlite') return location.file ?? 'a private file'
  return location.socketPath ?? `${location.host}:${location.port}`
}

/**
 * Migrates the tables if one process owns everything; elsewhere migrating is a separate step before the processes
 * start, and they refuse to run on old tables.
 *
 * @throws ServeError
 */
export async function bringUpToDate(
  db: Database,
  options: { readonly mayMigrate: boolean },
): Promise<readonly string[]> {
  if (options.mayMigrate) return db.migrate()
  const pending = await db.pendingMigrations()
  if (pending.length === 0) return []
  throw new ServeError(
    `the tables are of an earlier version (${pending.length} steps behind): run \`paikea migrate\` first`,
    {
      isFinal: true,
    },
  )
}
