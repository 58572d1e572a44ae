import {
  type AlertWatch,
  createAlertWatch,
  createMailer,
  createPushSender,
  type Mailer,
  type PushSender,
} from '@paikea/alerts'
import type { Log, Traces } from '@paikea/domain'
import { createLiveHub, createLiveSource, type LiveHub, type LiveSource, publishStored } from '@paikea/api'
import type { Availability, Database } from '@paikea/database'
import { createDelivery, createReach, type Delivery } from '@paikea/delivery'
import type { HarbourLink } from '@paikea/harbour'
import { createIntake, type Intake } from '@paikea/intake'
import {
  type ActivityDeps,
  createActivities,
  createDispatcher,
  type Dispatcher,
  installRuntime,
  logOfActivities,
  outboundWorkflowId,
  traceActivities,
} from '@paikea/workflows'
import type { Config } from '../config/load-config.ts'
import { ensurePushKey } from '../first-start/push-key.ts'
import { watchAnswerPressure } from './answer-pressure.ts'
import { createDeviceLink } from './device-link.ts'
import { createHarbourSide, type HarbourSide } from './harbour-side.ts'
import { createHeartbeat } from './heartbeat.ts'
import { figuresOf } from './figures-of.ts'
import type { Parts } from './parts.ts'
import type { ProcessRole } from './role.ts'
import { createSendSettings } from './send-settings.ts'
import { createTemporalHome, type TemporalHome } from './temporal-home.ts'
import { createTemporalSide, type TemporalSide } from './temporal-side.ts'
import { runWorkerLoop, type WorkerLoop } from './worker-loop.ts'

/** The components of a process behind the API. */
export interface Components {
  readonly hub: LiveHub
  readonly live: LiveSource
  readonly intake: Intake
  readonly dispatcher: Dispatcher
  readonly side: TemporalSide
  /** The devices' live link, here and in other processes. */
  readonly link: HarbourLink
  readonly harbour: HarbourSide
  readonly alerts: AlertWatch
  /** `null`: no mail server is configured. */
  readonly mailer: Mailer | null
  readonly push: PushSender
  /** Starts processing what is stored. */
  work(): void
}

/** Creates everything behind the API. Adds whatever has to be stopped to `parts`. */
export function buildComponents(options: {
  readonly config: Config
  readonly db: Database
  readonly log: Log
  readonly traces: Traces
  readonly role: ProcessRole
  readonly parts: Parts
  readonly availability: Availability
}): Components {
  const { config, db, log, traces, role, parts, availability } = options
  let worker: WorkerLoop | null = null
  const hub = createLiveHub()
  const live = createLiveSource({ db, hub, log })
  parts.add('live events', () => live.idle())
  const heart = createHeartbeat({ db, log })
  // After everything that sends: a process that signs off must have nothing in flight.
  parts.add('heartbeat', () => heart.stop())
  const { temporal } = config
  const side: TemporalSide = createTemporalSide({
    temporal,
    log,
    traces,
    home: () => home,
    eagerStarter: () => worker?.starter() ?? null,
  })
  parts.add('connection to Temporal', () => side.close())
  const home: TemporalHome = createTemporalHome({
    db,
    log,
    client: side.client,
    namespace: temporal.namespace,
    retentionHours: config.temporalRetentionHours,
  })
  parts.add('home of the store', () => home.stop())
  const pressure = watchAnswerPressure()
  parts.add('answer pressure', () => pressure.stop())
  const dispatcher = createDispatcher({ db, starter: side.starter, log, heart, answerLoad: () => pressure.load() })
  parts.add('dispatcher', () => dispatcher.stop())
  const link = createDeviceLink({ config, db, log, hub, role, onOnline: (iam) => harbour.deviceIsOnline(iam) })
  const harbour: HarbourSide = createHarbourSide({ config, db, log, starter: side.starter, link })
  parts.add('harbour', () => harbour.stop())
  const ownIntake = createIntake({
    db,
    log,
    traces,
    availability,
    ...(config.webhook.publicKey === null ? {} : { publicKey: config.webhook.publicKey }),
    onStored(stored) {
      publishStored(hub, stored)
      if (stored.confirmedIds.length > 0) live.look()
      dispatcher.notifyInbound([stored])
    },
  })
  parts.add('intake', () => ownIntake.idle())
  const intake: Intake = { ...ownIntake, accept: (delivery) => pressure.watch(() => ownIntake.accept(delivery)) }
  const mailer = config.mail === null ? null : createMailer(config.mail)
  parts.add('mail', () => mailer?.close())
  const { publicUrl } = config.http
  const push = createPushSender({
    loadKey: () => ensurePushKey(config),
    contact: contactOf(config),
    reach: createReach(config.privateTargets),
  })
  const alerts = createAlertWatch({
    db,
    log,
    dataFolder: config.dataFolder,
    channels: { mailer, push, sending: createSendSettings(config), publicUrl },
  })
  parts.add('alerts', () => alerts.stop())
  let delivery: Delivery | null = null
  // Sends that a worker has begun are recorded before the database is closed.
  parts.add('sending', () => delivery?.idle())
  parts.add('worker', () => worker?.stop())
  const startWorker = (): void => {
    installRuntime({ log, metricsAddress: config.workerMetricsAddress })
    const deps: ActivityDeps = {
      db,
      intake,
      log: logOfActivities(log, traces),
      traces,
      heart,
      figures: figuresOf(role, config),
      ...createSendSettings(config),
      firmware: harbour.activities,
      onEndpoint: () => dispatcher.sweepSoon(),
      onAccount: () => dispatcher.sweepSoon(),
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
    const activities = traceActivities(createActivities(deps, delivery), traces)
    worker = runWorkerLoop({ temporal, activities, log, home, isEager: role === 'all' })
  }
  return {
    hub,
    live,
    intake,
    dispatcher,
    side,
    link,
    harbour,
    alerts,
    mailer,
    push,
    work() {
      heart.start()
      home.watch()
      if (role !== 'api') startWorker()
      dispatcher.start()
      harbour.dispatcher.start()
      alerts.start()
    },
  }
}

/** Contact for a browser's push service: some refuse messages without one. */
function contactOf({ http, mail }: Config): string {
  if (http.publicUrl?.startsWith('https:') === true) return http.publicUrl
  const sender = /[^\s<>]+@[^\s<>]+/.exec(mail?.from ?? '')?.[0]
  return sender === undefined ? 'https://paikea.invalid' : `mailto:${sender}`
}
