import { type Database, openDatabase } from '@paikea/database'
import { formatReport } from '../import-original/import-report.ts'
import { importOriginal } from '../import-original/import-original.ts'
import { ServeError } from '../process/serve-error.ts'
import { asTyped } from './in-folder.ts'
import type { ImportFlags } from './program.ts'
import { withStore } from './with-store.ts'

/** `import-original`: what the original service has stored, into the database beside or without a running service. */
export async function importOriginalCommand(env: NodeJS.ProcessEnv, flags: ImportFlags): Promise<void> {
  const options = {
    from: fromTypedFolder(env, flags.from),
    group: flags.dryRun === true ? undefined : flags.group,
    areRoutesDisabled: flags.disableRoutes === true,
  }
  const work = async (db: Database) => {
    await db.migrate()
    return formatReport(await importOriginal(db, options))
  }
  try {
    const lines = flags.dryRun === true ? await inScratch(work) : await withStore(env, work)
    const heading = flags.dryRun === true ? ['Nothing was changed. Taken over into an empty database it would be:'] : []
    process.stdout.write(`${[...heading, ...lines].join('\n')}\n`)
  } catch (error) {
    throw sayWhy(error)
  }
}

async function inScratch<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ uri: 'sqlite::memory:' })
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

/** npm changes into the repository: a relative file means where the command was typed. */
function fromTypedFolder(env: NodeJS.ProcessEnv, uri: string): string {
  const relative = /^sqlite:\/\/\/([^/].*)$/.exec(uri)?.[1]
  return relative === undefined || relative === ':memory:' ? uri : `sqlite:///${asTyped(env, relative)}`
}

/** By name: neither text holds the password. */
function sayWhy(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error.name === 'DatabaseUriError') return new ServeError(`--from: ${error.message}`, { isFinal: true })
  if (!/^Sequelize(Connection|Access|HostNot)/.test(error.name)) return error
  return new ServeError(`a database cannot be opened (${error.name}): look at --from and PAIKEA_DB_URI`, {
    isFinal: true,
  })
}
