import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { type Database, parseDatabaseUri } from '@paikea/database'
import { type Config, loadConfig } from '../config/load-config.ts'
import { ServeError } from '../process/serve-error.ts'
import { withStore } from './with-store.ts'

/**
 * The path of the configured database if it is a file that does not exist, otherwise `null`. Opening it would create
 * it.
 */
export function missingFile({ database }: Config): string | null {
  const location = parseDatabaseUri(database.uri)
  return location.dialect !== 'sqlite' || location.file === null || existsSync(location.file)
    ? null
    : resolve(location.file)
}

/**
 * Like `withStore`, for commands on an existing installation: a mistyped folder must not become a new one.
 *
 * @throws {ServeError} if the database is a file that does not exist
 */
export async function withExistingStore<T>(
  env: NodeJS.ProcessEnv,
  work: (db: Database, config: Config) => Promise<T>,
): Promise<T> {
  requireStore(loadConfig(env))
  return withStore(env, work)
}

/** @throws {ServeError} if the database is a file that does not exist */
export function requireStore(config: Config): void {
  const file = missingFile(config)
  if (file === null) return
  throw new ServeError(
    `there is no database ${whereOf(file, config)}; the first start creates one, or \`paikea migrate\``,
    { isFinal: true },
  )
}

function whereOf(file: string, { dataFolder, variables }: Config): string {
  if (variables['PAIKEA_DB_URI'] !== undefined) return `at ${file}, where PAIKEA_DB_URI points`
  const missing = existsSync(dataFolder) ? `no ${basename(file)} in it` : 'no such folder'
  return `in the data folder ${dataFolder} (${missing}): check --data, PAIKEA_DATA and PAIKEA_DB_URI`
}
