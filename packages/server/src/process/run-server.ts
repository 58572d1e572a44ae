import type { Log } from '@paikea/domain'
import { createAvailability, type Database } from '@paikea/database'
import type { Config } from '../config/load-config.ts'
import { type NewAdmin, prepareAccounts } from '../first-start/first-admin.ts'
import { buildComponents } from './build-components.ts'
import { listenForDevices } from './device-link.ts'
import { collectWhenIdle } from './idle-collection.ts'
import { bringUpToDate, describeStore, makeDataFolder, openReadSide, openStore } from './open-store.ts'
import { createParts } from './parts.ts'
import { prepareStore } from './prepare-store.ts'
import type { ProcessRole } from './role.ts'
import { startTracing } from '../tracing/start-tracing.ts'
import { readVersion } from './read-version.ts'
import { startApi } from './start-api.ts'

/** A running process of the service. */
export interface RunningServer {
  readonly db: Database
  /** `null` without an API. */
  readonly port: number | null
  /** Port of the devices' live link; `null` without an API. */
  readonly devicePort: number | null
  /** The account that the first start has just created. */
  readonly newAdmin: NewAdmin | null
  /** Why the database does not respond: deliveries are accepted, everything else waits for it. `null` if it does. */
  readonly databaseAway: string | null
  /** Stops accepting work, drains, closes. */
  stop(): Promise<void>
}

/** How to run a process. */
export interface RunOptions {
  readonly role: ProcessRole
  readonly log: Log
  /**
   * Start even if the database server does not respond: whatever needs it begins when it is back. A file that cannot be
   * opened is an error anyway. @default false
   */
  readonly mayStartWithoutDatabase?: boolean
  /** Called once the database is back and everything runs, with the account if one was created. */
  readonly onDatabaseBack?: (newAdmin: NewAdmin | null) => void
  /** Called after stopping because the database came back but cannot be used by this process. */
  readonly onFailure?: (error: unknown) => void
}

/**
 * Assembles and starts the components. The API listens whether or not Temporal is up.
 * @throws {ServeError}
 */
export async function runServer(config: Config, options: RunOptions): Promise<RunningServer> {
  const { role, log, mayStartWithoutDatabase = false } = options
  await makeDataFolder(config)
  const db = await openStore(config, { mayBeAway: mayStartWithoutDatabase })
  const stopping = new AbortController()
  const parts = createParts(log)
  const tracing = await startTracing(config.traces, { role, version: readVersion(), log })
  // Last of all, when nothing is left to be told.
  parts.add('traces', () => tracing.stop())
  parts.add('database', () => db.close())
  parts.add('idle collection', collectWhenIdle())
  const stop = async (): Promise<void> => {
    stopping.abort()
    await parts.stop()
  }
  try {
    const preparation = await prepareStore({
      prepare: async () => {
        const migrated = await bringUpToDate(db, { mayMigrate: role === 'all' })
        if (migrated.length > 0) log.info('database.migrated', { migrated })
        const newAdmin = role === 'worker' ? null : await prepareAccounts(config, db)
        if (newAdmin !== null) log.info('account.first', { ...newAdmin })
        return newAdmin
      },
      mayWait: mayStartWithoutDatabase,
      place: describeStore(config),
      log,
      signal: stopping.signal,
    })
    const availability = createAvailability(db, { isPrepared: preparation.away === null })
    const ready = { config, db: availability.db, log, traces: tracing.traces }
    const components = buildComponents({ ...ready, role, parts, availability })
    const readSide = role === 'worker' ? null : await openReadSide(config, { primary: db, log })
    if (readSide !== null) parts.add('replica', () => readSide.close())
    const listening = role === 'worker' ? null : await startApi({ ...components, ...ready, readSide })
    if (listening !== null) parts.add('api', () => listening.close())
    // Its pages' connections belong to the API: they must end before the API waits for them.
    parts.add('device link', () => components.link.close())
    const devicePort = role === 'worker' ? null : await listenForDevices(components.link, config)
    const port = listening?.port ?? null
    // Nothing is processed before the tables are known to match this version.
    if (preparation.away === null) {
      components.work()
      return { db, port, devicePort, newAdmin: preparation.done, databaseAway: null, stop }
    }
    preparation
      .later()
      .then((newAdmin) => {
        if (stopping.signal.aborted) return
        availability.prepared()
        components.work()
        options.onDatabaseBack?.(newAdmin)
      })
      .catch(async (error: unknown) => {
        log.error('process.failed', { error: String(error) })
        await stop()
        options.onFailure?.(error)
      })
    return { db, port, devicePort, newAdmin: null, databaseAway: preparation.away, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
