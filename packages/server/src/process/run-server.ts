import type { Log } from '@paikea/domain'
import {
  createApi,
  createLiveHub,
  createLiveSource,
  type LiveHub,
  type Listening,
  type LiveSource,
  publishStored,
} from '@paikea/api'
import type { Database } from '@paikea/database'
import { createDelivery, type Delivery } from '@paikea/delivery'
import { createIntake, type Intake } from '@paikea/intake'
import {
  type ActivityDeps,
  createActivities,
  createDispatcher,
  type Dispatcher,
  installRuntime,
  outboundWorkflowId,
} from '@paikea/workflows'
import type { Config } from '../config/load-config.ts'
import { type NewAdmin, prepareAccounts } from '../first-start/first-admin.ts'
import { ensureWebhookSecret } from '../first-start/webhook-secret.ts'
import type { HarbourLink } from '@paikea/harbour'
import { createDeviceLink, listenForDevices } from './device-link.ts'
import { watchAnswerPressure } from './answer-pressure.ts'
import { createHarbourSide, type HarbourSide } from './harbour-side.ts'
import { watchTemporal } from './health-watch.ts'
import { bringUpToDate, describeStore, makeDataFolder, openStore } from './open-store.ts'
import { prepareStore } from './prepare-store.ts'
import { readVersion } from './read-version.ts'
import { ServeError } from './serve-error.ts'
import { gateStore } from './store-gate.ts'
import { createTemporalHome, type TemporalHome } from './temporal-home.ts'
import { createTemporalSide, type TemporalSide } from './temporal-side.ts'
import { createSendSettings } from './send-settings.ts'
import { findWebFolder } from './web-folder.ts'
import { runWorkerLoop, type WorkerLoop } from './worker-loop.ts'

/** What a process does: everything, or one of the two sides. */
export type ProcessRole = 'all' | 'api' | 'worker'

/** A running process of the service. */
export interface RunningServer {
  readonly db: Database
  /** `null` without an API. */
  readonly port: number | null
  /** Port of the devices' live link; `null` without an API. */
  readonly devicePort: number | null
  /** The account that was made just now, at the first start. */
  readonly newAdmin: NewAdmin | null
  /** Why nobody answers at the database's address: deliveries are taken, everything else waits for it. `null` where it answers. */
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
   * cannot be opened is an error all the same. @default false
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
export async function runServer(config: Config, o: RunOptions): Promise<RunningServer> {
  const { role, log, mayStartWithoutDatabase = false } = o
  await makeDataFolder(config)
  const db = await openStore(config, { mayBeAway: mayStartWithoutDatabase })
  const stopping = new AbortController()
  const started: (() => Promise<void>)[] = [() => db.close()]
  const stop = async (): Promise<void> => {
    stopping.abort()
    // In the reverse order of their start; one that fails does not keep the others open.
    for (const step of started.splice(0).toReversed()) {
      await step().catch((error: unknown) => log.error('process.stop-step-failed', { error: String(error) }))
    }
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
    const gate = gateStore(db)
    if (preparation.away === null) gate.open()
    const rooms = buildRooms({ config, db: gate.db, log, role, started, isDatabaseDown: preparation.away !== null })
    const listening = role === 'worker' ? null : await startApi({ ...rooms, config, db: gate.db, log })
    if (listening !== null) started.push(() => listening.close())
    // Its pages' connections are the API's: they end before the API waits for them.
    started.push(() => rooms.link.close())
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
        gate.open()
        rooms.work()
        o.onDatabaseBack?.(newAdmin)
      })
      .catch(async (error: unknown) => {
        log.error('process.failed', { error: String(error) })
        await stop()
        o.onFailure?.(error)
      })
    return { db, port, devicePort, newAdmin: null, databaseAway: preparation.away, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Rooms {
  readonly hub: LiveHub
  readonly live: LiveSource
  readonly intake: Intake
  readonly dispatcher: Dispatcher
  readonly side: TemporalSide
  /** The devices' live link, here and in other processes. */
  readonly link: HarbourLink
  readonly harbour: HarbourSide
  /** Begins to act on what is stored. */
  work(): void
}

/** Everything behind the API. What has to be stopped is added to `started`. */
function buildRooms(o: {
  readonly config: Config
  readonly db: Database
  readonly log: Log
  readonly role: ProcessRole
  readonly started: (() => Promise<void>)[]
  readonly isDatabaseDown: boolean
}): Rooms {
  const { config, db, log, role, started, isDatabaseDown } = o
  let worker: WorkerLoop | null = null
  const hub = createLiveHub()
  const live = createLiveSource({ db, hub, log })
  started.push(() => live.idle())
  const { temporal } = config
  const side: TemporalSide = createTemporalSide({
    ...{ temporal, log, home: () => home },
    eagerStarter: () => worker?.starter() ?? null,
  })
  started.push(() => side.close())
  const home: TemporalHome = createTemporalHome({ db, log, client: side.client, namespace: temporal.namespace })
  started.push(async () => home.stop())
  const pressure = watchAnswerPressure()
  started.push(async () => pressure.stop())
  const dispatcher = createDispatcher({ db, starter: side.starter, log, answerLoad: () => pressure.load() })
  started.push(() => dispatcher.stop())
  const link = createDeviceLink({ config, db, log, hub, role, onOnline: (iam) => harbour.deviceIsOnline(iam) })
  const harbour: HarbourSide = createHarbourSide({ config, db, log, starter: side.starter, link })
  started.push(() => harbour.stop())
  const room = createIntake({
    ...{ db, log, isDatabaseDown },
    ...(config.webhook.publicKey === null ? {} : { publicKey: config.webhook.publicKey }),
    onStored(stored) {
      publishStored(hub, stored)
      if (stored.confirmedIds.length > 0) live.look()
      dispatcher.notifyInbound([stored])
    },
  })
  started.push(() => room.idle())
  const intake: Intake = { ...room, accept: (delivery) => pressure.watch(() => room.accept(delivery)) }
  let delivery: Delivery | null = null
  // What a worker has begun to send is written down before the database is closed.
  started.push(async () => delivery?.idle())
  started.push(async () => worker?.stop())
  const startWorker = (): void => {
    installRuntime({ log })
    const deps: ActivityDeps = {
      ...{ db, intake, log, ...createSendSettings(config) },
      firmware: harbour.activities,
      onEndpoint: () => dispatcher.sweepSoon(),
      notifyOutbound(rows) {
        dispatcher.notifyOutbound(rows)
        live.look()
      },
      onProcessed: (messageIds) => dispatcher.processed(messageIds),
      onDelivery(event) {
        dispatcher.delivered(event)
        live.look()
      },
      wakeOutbound: (outboundId: number) => side.wakeOutbound(outboundWorkflowId(outboundId)),
    }
    delivery = createDelivery(deps)
    const activities = createActivities(deps, delivery)
    worker = runWorkerLoop({ temporal, activities, log, home, isEager: role === 'all' })
  }
  return {
    ...{ hub, live, intake, dispatcher, side, link, harbour },
    work() {
      home.watch()
      if (role !== 'api') startWorker()
      dispatcher.start()
      harbour.dispatcher.start()
    },
  }
}

async function startApi(
  o: Rooms & { readonly config: Config; readonly db: Database; readonly log: Log },
): Promise<Listening> {
  const { config, db, log, hub, live, intake, dispatcher, side, link, harbour } = o
  const { http, webhook } = config
  const temporal = watchTemporal(side)
  const api = createApi({
    ...{ db, intake, dispatcher, hub, live, log },
    sending: createSendSettings(config),
    devicePages: link,
    startEnvelope: (input) => side.startEnvelope(input),
    firmware: {
      lookUpRef: (ref) => harbour.lookUpRef(ref),
      notify: () => harbour.dispatcher.notify(),
      wake: (work, id) => harbour.dispatcher.wake(work, id),
    },
    deviceHttp: (addressOf) => harbour.openDoor(addressOf),
    temporalHealth: () => temporal.health(),
    config: {
      webhookSecret: webhook.secret ?? (await ensureWebhookSecret(config)),
      webhookSenders: webhook.senders,
      publicUrl: http.publicUrl,
      trustedProxies: http.trustedProxies,
      metricsToken: http.metricsToken,
      webDirectory: findWebFolder(),
      version: readVersion(),
    },
  })
  try {
    const listening = await api.listen(http.port, http.host)
    if (webhook.senders.length > 0) log.warn('webhook.open-to-addresses', { senders: webhook.senders })
    log.info('api.listening', { host: http.host, port: listening.port })
    return {
      port: listening.port,
      async close() {
        temporal.stop()
        await listening.close()
      },
    }
  } catch (cause) {
    temporal.stop()
    throw listenError(cause, config)
  }
}

function listenError(cause: unknown, { http }: Config): unknown {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null
  const problem = { EADDRINUSE: 'is taken', EACCES: 'needs a permission this process does not have' }[String(code)]
  if (problem === undefined) return cause
  return new ServeError(`port ${http.port} ${problem}: choose another by PAIKEA_PORT`, { isFinal: false, cause })
}
