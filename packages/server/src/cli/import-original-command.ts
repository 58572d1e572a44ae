import { type Database, openDatabase } from '@paikea/database'
import { findConflicts } from '../import-original/find-conflicts.ts'
import { importPortal } from '../import-original/import-portal.ts'
import { formatReport } from '../import-original/import-report.ts'
import { importOriginal } from '../import-original/import-original.ts'
import { ServeError } from '../process/serve-error.ts'
import { withExistingStore } from './existing-store.ts'
import { asTyped } from './in-folder.ts'
import type { ImportFlags } from './program.ts'
import { withStore } from './with-store.ts'

/**
 * `import-original`: copies what the original service has stored into the database, whether or not the service is
 * running.
 */
export async function importOriginalCommand(env: NodeJS.ProcessEnv, flags: ImportFlags): Promise<void> {
  const options = {
    from: fromTypedFolder(env, flags.from),
    group: flags.dryRun === true ? undefined : flags.group,
    areRoutesDisabled: flags.disableRoutes === true,
  }
  const isFile = /\.csv$/i.test(flags.from)
  const file = { file: asTyped(env, flags.from), imei: flags.imei ?? null }
  const work = async (db: Database) => {
    await db.migrate()
    return formatReport(await (isFile ? importPortal(db, file) : importOriginal(db, options)))
  }
  try {
    const lines = flags.dryRun === true ? await inScratch(work) : await withStore(env, work)
    const heading = flags.dryRun === true ? ['Nothing was changed. An import into an empty database would give:'] : []
    const conflicts = flags.dryRun === true && !isFile ? await conflictsHere(env, options) : []
    process.stdout.write(`${[...heading, ...lines, ...conflicts].join('\n')}\n`)
  } catch (error) {
    throw sayWhy(error)
  }
}

/** Only if there is a database: a dry run creates none. */
async function conflictsHere(env: NodeJS.ProcessEnv, options: { readonly from: string }): Promise<readonly string[]> {
  const look = async (db: Database) => ((await db.pendingMigrations()).length > 0 ? null : findConflicts(db, options))
  const conflicts = await withExistingStore(env, look).catch((error: unknown) => {
    if (error instanceof ServeError) return null
    throw error
  })
  if (conflicts === null) return ['There is no database here yet, so there are no conflicts.']
  if (conflicts.length === 0) return ['There are no conflicts.']
  return [`Conflicts, left as they are here: ${conflicts.length}`, ...conflicts.map((line) => `  ${line}`)]
}

async function inScratch<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ uri: 'sqlite::memory:' })
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

/** npm changes into the repository: a relative path refers to the folder in which the command was typed. */
function fromTypedFolder(env: NodeJS.ProcessEnv, uri: string): string {
  const relative = /^sqlite:\/\/\/([^/].*)$/.exec(uri)?.[1]
  return relative === undefined || relative === ':memory:' ? uri : `sqlite:///${asTyped(env, relative)}`
}

/** By name: neither text contains the password. */
function sayWhy(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error.name === 'DatabaseUriError') return new ServeError(`--from: ${error.message}`, { isFinal: true })
  if (!/^Sequelize(Connection|Access|HostNot)/.test(error.name)) return error
  return new ServeError(`a database cannot be opened (${error.name}): check --from and PAIKEA_DB_URI`, {
    isFinal: true,
  })
}
