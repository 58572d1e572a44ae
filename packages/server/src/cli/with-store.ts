import type { Database } from '@paikea/database'
import { type Config, loadConfig } from '../config/load-config.ts'
import { openStore } from '../process/open-store.ts'

/** Opens the configured database for one command, and always closes it. */
export async function withStore<T>(
  env: NodeJS.ProcessEnv,
  work: (db: Database, config: Config) => Promise<T>,
): Promise<T> {
  const config = loadConfig(env)
  const db = await openStore(config)
  try {
    return await work(db, config)
  } finally {
    await db.close()
  }
}
