import { makeDataFolder } from '../process/open-store.ts'
import { loadConfig } from '../config/load-config.ts'
import { withStore } from './with-store.ts'

/** `migrate` */
export async function migrateCommand(env: NodeJS.ProcessEnv): Promise<void> {
  await makeDataFolder(loadConfig(env))
  const done = await withStore(env, (db) => db.migrate())
  process.stdout.write(
    done.length === 0 ? 'the tables are up to date\n' : `${done.join('\n')}\nthe tables are up to date now\n`,
  )
}
