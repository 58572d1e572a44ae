import type { Log } from '@paikea/domain'
import { createAvailability, type Database } from '@paikea/database'
import type { Config } from '../config/load-config.ts'
import { type NewAdmin, prepareAccounts } from '../first-start/first-admin.ts'
import { buildRooms } from './build-rooms.ts'
import { listenForDevices } from './device-link.ts'
import { collectWhenIdle } from './idle-collection.ts'
import { bringUpToDate, describeStore, makeDataFolder, openReadSide, openStore } from './open-store.ts'
import { createParts } from './parts.ts'
import { prepareStore } from './prepare-store.ts'
import type { ProcessRole } from './role.ts'
import { startApi } from './start-api.ts'

/** A running process of the service. */
export interface RunningServer {
  readonly db: Database
  /** `null` without an API. */
  readonly port: number | null
  /** Port of the devices' live link; `null` without an API. */
  readonly devicePort: number | null
  /** The account that was made just now, at the first start. */
  readonly newAdmin: NewAdmin | null
  /** Why nobody answers at the database's address: deliveries are taken, everything else waits for it. `null` if it answers. */
  readonly databaseAway: string | null
  /** Takes nothing new, lets what is under way end, closes everything. */
  stop(): Promise<void>
}

/** How a process is run. */
export interface RunOptions {
  readonly role: ProcessRole
  readonly log: Log
  /**
   * Start although no server of a database answers: what only reads and writes it begins when it is back. A file that
   * cannot be opened is an error anyway. @default false
   */
  readonly mayStartWithoutDatabase?: boolean
  /** Hears that the database is back and everything runs; of the account, if one was made. */
  readonly onDatabaseBack?: (newAdmin: NewAdmin | null) => void
  /** Hears, when all is stopped, that the database came back and is none this process can work with. */
  readonly onFailure?: (error: unknown) => void
}

/**
 * Puts the rooms together and starts them. The API listens whether or not Temporal is there.
 * @throws {ServeError}
 */
export async function runServer(config: Config, options: RunOptions): Promise<RunningServer> {
  const { role, log, mayStartWithoutDatabase = false } = options
  await makeDataFolder(config)
  const db = await openStore(config, { mayBeAway: mayStartWithoutDatabase })
  const stopping = new AbortController()
  const parts = createParts(log)
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
    const ready = { config, db: availability.db, log }
    const rooms = buildRooms({ ...ready, role, parts, availability })
    const readSide = role === 'worker' ? null : await openReadSide(config, { primary: db, log })
    if (readSide !== null) parts.add('replica', () => readSide.close())
    const listening = role === 'worker' ? null : await startApi({ ...rooms, ...ready, readSide })
    if (listening !== null) parts.add('api', () => listening.close())
    // Its pages' connections are the API's: they end before the API waits for them.
    parts.add('device link', () => rooms.link.close())
    const devicePort = role === 'worker' ? null : await listenForDevices(rooms.link, config)
    const port = listening?.port ?? null
    // Nothing is acted on before the tables are known to be those of this version.
    if (preparation.away === null) {
      rooms.work()
      return { db, port, devicePort, newAdmin: preparation.done, databaseAway: null, stop }
    }
    preparation
      .later()
      .then((newAdmin) => {
        if (stopping.signal.aborted) return
        availability.prepared()
        rooms.work()
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
