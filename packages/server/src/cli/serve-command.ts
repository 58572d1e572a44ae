import { createToken, systemCaller } from '@paikea/operations'
import type { Database } from '@paikea/database'
import { describeConfig } from '../config/describe-config.ts'
import { loadConfig } from '../config/load-config.ts'
import { createLog } from '../log/create-log.ts'
import { announceDatabase, announceReady, endOnRequest } from '../process/lifecycle.ts'
import { runServer } from '../process/run-server.ts'
import { failWith } from './fail.ts'
import type { ServeFlags } from './program.ts'

const HOUR_MS = 3_600_000
/** A starter on a desk does not want to wait; elsewhere, work in flight gets as long as the worker allows it. */
const stopLimitMs = { watchedOver: 6_000, alone: 28_000 }

/** `serve` */
export async function serveCommand(env: NodeJS.ProcessEnv, flags: ServeFlags): Promise<void> {
  const config = loadConfig(env)
  const log = createLog({ level: config.logLevel, role: flags.role })
  log.info('process.starting', { role: flags.role, environment: config.environment, set: describeConfig(config) })
  // The starter's set-up writes to the tables at once: without them it cannot begin.
  const mayStartWithoutDatabase = flags.announceToken !== true
  const server = await runServer(config, {
    role: flags.role,
    log,
    mayStartWithoutDatabase,
    onDatabaseBack: announceDatabase,
    onFailure: failWith,
  })
  endOnRequest({
    log,
    stop: () => server.stop(),
    limitMs: process.send === undefined ? stopLimitMs.alone : stopLimitMs.watchedOver,
  })
  const token = flags.announceToken === true ? await makeStarterToken(server.db) : null
  const { port, newAdmin, databaseAway } = server
  announceReady({ port, newAdmin, databaseAway, ...(token === null ? {} : { token }) })
}

/** A token with which the starter registers the demo fleet; short-lived, and sent over the channel between the two. */
async function makeStarterToken(db: Database): Promise<string> {
  const { token } = await createToken(
    { db, caller: systemCaller('start') },
    {
      name: 'set-up at start',
      role: 'admin',
      isSystemAdmin: true,
      expiresAt: new Date(Date.now() + HOUR_MS),
    },
  )
  return token
}
