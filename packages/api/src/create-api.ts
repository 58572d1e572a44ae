import { NO_TRACES, SILENT_LOG, type Log, type Traces } from '@paikea/domain'
import Router from '@koa/router'
import type { Database, ReadSide } from '@paikea/database'
import type { Intake } from '@paikea/intake'
import type { SendSettings } from '@paikea/delivery'
import { createGate } from '@paikea/operations'
import Koa from 'koa'
import { createAdmission } from './auth/admission.ts'
import { createAuthenticator } from './auth/authenticate.ts'
import { createIdentityProvider, type IdentityProviderConfig } from './auth/identity-provider.ts'
import { createAddressReader } from './http/client-address.ts'
import type { ApiContext } from './http/context.ts'
import { answerErrors } from './http/error-middleware.ts'
import { describeError } from './http/log.ts'
import { createRateLimiters, type RateLimits } from './http/rate-limit.ts'
import { asRequest, logOfRequests, REQUEST_ID_HEADER, requestId } from './http/request-id.ts'
import { answerOriginalPaths } from './http/original-paths.ts'
import { securityHeaders } from './http/security-headers.ts'
import { traceAnswer } from './http/trace-answer.ts'
import { refuseOtherMethods } from './http/unmatched.ts'
import { listen, type Listening } from './listen.ts'
import { createDeviceDoor, type DeviceLinkPages } from './live/device-door.ts'
import { createLiveHub, type LiveHub } from './live/hub.ts'
import { createStreamPlaces } from './live/places.ts'
import { createLiveSource, type LiveSource } from './live/live-source.ts'
import { createMetrics } from './metrics/metrics.ts'
import { serveDocs } from './docs-site/serve-docs.ts'
import { ALL_ROUTES } from './resources/all-routes.ts'
import { createFleetAnswers } from './resources/fleet/fleet-answers.ts'
import { type Gatekeepers, mountRoutes } from './route-table/mount.ts'
import { describeRoutes } from './route-table/openapi.ts'
import type { Limit } from './route-table/route.ts'
import { createDatabaseHealth } from './service/database-health.ts'
import type {
  BrowserPush,
  DeviceHttpDoor,
  FirmwareService,
  MailSender,
  OutboundNotifier,
  Services,
  TemporalHealth,
} from './services.ts'
import { loadWebFiles } from './web-app/load-files.ts'
import { serveWebApp } from './web-app/serve-web-app.ts'
import { pathOf } from './webhooks/address.ts'
import { createWebhookReceiver, type ReceiverOptions, type StartEnvelope } from './webhooks/receiver.ts'
import { createRefusalCounter } from './webhooks/refusals.ts'

/** Concurrent and queued reads. Beyond them a fast refusal serves callers better than a slow answer. */
const READS = { concurrency: 16, maxWaiting: 256 }

/** Concurrent track exports; each may read for minutes and shares the event loop with the vendor's deliveries. */
const EXPORTS = { concurrency: 4, maxWaiting: 8 }

/** Configuration of the API. */
export interface ApiConfig {
  /** Secret in the URL that admits deliveries; `null`: only the vendor's signed token does. */
  readonly webhookSecret: string | null
  /**
   * Addresses or CIDR blocks that may post to `/rockblock/incoming` without a secret during a migration. @default none
   */
  readonly webhookSenders?: readonly string[]
  /** The service's public address; `https:` makes cookies `Secure`. @default null */
  readonly publicUrl?: string | null
  /** Addresses or CIDR blocks of proxies whose `X-Forwarded-For` is trusted. @default none */
  readonly trustedProxies?: readonly string[]
  /** Folder of the built web app. @default null: no page is served */
  readonly webDirectory?: string | null
  /** Folder of the documentation site. @default null: none is served */
  readonly docsDirectory?: string | null
  /** Bearer token that lets a remote scraper read `/metrics`. @default null */
  readonly metricsToken?: string | null
  /** @default '0' */
  readonly version?: string
  /**
   * Address prefix for a workflow's page, up to its id: `http://host:8233/namespaces/default/workflows`. @default null
   */
  readonly workflowsUrl?: string | null
  /** The operator's own map tiles, which the page may then load. @default null */
  readonly tiles?: { readonly url: string; readonly attribution: string } | null
  /** Identity provider for signing in besides e-mail and password; needs `publicUrl`. @default none */
  readonly identityProvider?: IdentityProviderConfig | null
  /** Whether users without a second factor may do nothing but set one up. @default false */
  readonly requiresSecondFactor?: boolean
  readonly rateLimits?: RateLimits
  readonly timeouts?: Pick<ReceiverOptions, 'acceptTimeoutMs' | 'envelopeTimeoutMs' | 'bodyTimeoutMs'> & {
    /** @default 10000 */
    readonly headersTimeoutMs?: number
    /** How long a closing server still takes requests; each response then closes its connection. @default 0 */
    readonly drainMs?: number
  }
}

/** What the API depends on. */
export interface ApiDeps {
  readonly db: Database
  /** A read replica, for answers that may be some seconds old. @default none: everything is read from `db` */
  readonly readSide?: Pick<ReadSide, 'reader' | 'lagMs'>
  readonly intake: Pick<Intake, 'accept' | 'admit'> & Partial<Pick<Intake, 'stats'>>
  /** Notified of outbound messages that users create. @default none: the dispatcher's own sweep finds them */
  readonly dispatcher?: OutboundNotifier & { stats?(): unknown }
  /** Buffers a delivery while the database is unavailable. @default none: the vendor has to send it again */
  readonly startEnvelope?: StartEnvelope
  /** @default unknown */
  readonly temporalHealth?: () => TemporalHealth
  /** Pass the hub that the intake's `onStored` notifies. @default a new one */
  readonly hub?: LiveHub
  /** Pass the source that activities notify on commit. @default a new one */
  readonly live?: LiveSource
  /** Pages of the devices' live link. @default none: they say that there is no link */
  readonly devicePages?: DeviceLinkPages
  /** How endpoint tests are sent. @default no account, and no private address */
  readonly sending?: SendSettings
  /** @default none: the dispatcher's own sweep finds firmware rows */
  readonly firmware?: FirmwareService
  /** Handles requests of devices on Wi-Fi, given a resolver for client addresses behind proxies. @default none */
  readonly deviceHttp?: (
    addressOf: (peer: string | null, forwardedFor: string | null) => string | null,
  ) => DeviceHttpDoor
  /** Mails password links. @default none: none are sent */
  readonly mailer?: MailSender | null
  /** Sends alerts to browsers. @default none: none are sent */
  readonly push?: BrowserPush | null
  /** Counters of this process's alert watch. @default none */
  readonly alertStats?: () => object
  readonly config: ApiConfig
  /** @default nothing is logged */
  readonly log?: Log
  /** @default none are kept */
  readonly traces?: Traces
}

/** The HTTP side of the service. */
export interface Api {
  /**
   * Everything but the webhooks' hot path, which `listen` handles ahead of it; used alone, the app serves the webhooks
   * too.
   */
  readonly app: Koa
  /** @throws the socket's own error, such as `EADDRINUSE` */
  listen(port: number, host?: string): Promise<Listening>
}

/** Creates the HTTP side: the vendor's webhooks, the public API, the live feed, the page. It keeps no durable state. */
export function createApi(deps: ApiDeps): Api {
  const { db, intake, dispatcher, config, hub = createLiveHub(), traces = NO_TRACES } = deps
  const log = logOfRequests(deps.log ?? SILENT_LOG, traces)
  const { live = createLiveSource({ db, hub, log }) } = deps
  const { temporalHealth = () => ({ state: 'unknown' as const }) } = deps
  const version = config.version ?? '0'
  const addressOf = createAddressReader(config.trustedProxies ?? [])
  const refusals = createRefusalCounter()
  const isHttps = (config.publicUrl ?? '').startsWith('https:')
  const { webhookSecret, timeouts, requiresSecondFactor = false } = config
  const metrics = createMetrics()
  const receiver = createWebhookReceiver({
    onAnswered({ status, seconds, format, isNew }) {
      metrics.delivered(status, seconds)
      // The address is a secret; a copy of what was stored before is linked with it.
      traceAnswer(traces, { method: 'POST', route: pathOf(format), status, seconds, hasMade: isNew })
    },
    intake,
    startEnvelope: deps.startEnvelope,
    webhookSecret,
    addressOf,
    refusals,
    log,
    knownSenders: config.webhookSenders,
    ...timeouts,
  })
  const deviceHttp =
    deps.deviceHttp?.((peer, forwardedFor) =>
      addressOf({
        headers: forwardedFor === null ? {} : { 'x-forwarded-for': forwardedFor },
        socket: { remoteAddress: peer ?? undefined },
      }),
    ) ?? null
  const limiters = createRateLimiters(config.rateLimits)
  const auth = createAuthenticator({
    db,
    addressOf,
    isHttps,
    failedTokens: limiters.failedTokens,
    requiresSecondFactor,
    log,
  })
  let document: ReturnType<typeof describeRoutes> | null = null
  const services: Services = {
    db,
    reader: () => deps.readSide?.reader() ?? db,
    hub,
    dispatcher: dispatcher ?? null,
    sending: deps.sending ?? { modemSender: null, rockStarSender: null },
    firmware: deps.firmware ?? null,
    auth,
    failedLogIns: limiters.failedLogIns,
    addressOf,
    isHttps,
    publicUrl: config.publicUrl ?? null,
    webhookSecret,
    mailer: deps.mailer ?? null,
    push: deps.push ?? null,
    provider:
      config.identityProvider == null ? null : createIdentityProvider(config.identityProvider, config.publicUrl ?? ''),
    log,
    live,
    fleetAnswers: createFleetAnswers(db),
    streamPlaces: createStreamPlaces(),
    refusals,
    databaseHealth: createDatabaseHealth(db),
    temporalHealth,
    version,
    metrics,
    links: { workflows: config.workflowsUrl ?? null, tiles: config.tiles ?? null },
    collect: () => ({
      webhooks: receiver.stats(),
      refusals: { total: refusals.total() },
      live: hub.stats(),
      intake: intake.stats?.(),
      dispatcher: dispatcher?.stats?.(),
      alerts: deps.alertStats?.(),
      replica: replicaStats(deps.readSide),
    }),
    describe: () => (document ??= describeRoutes(ALL_ROUTES)),
  }
  const gatekeepers: Gatekeepers = {
    charge: (limit: Limit, ctx: ApiContext) => limiters.charge(limit, addressOf(ctx.req) ?? 'unknown'),
    reads: createGate(READS),
    exports: createGate(EXPORTS),
    admit: createAdmission({ auth, addressOf, metricsToken: config.metricsToken ?? null }),
    log,
    onAnswered(answer, seconds) {
      metrics.answered(answer, seconds)
      traceAnswer(traces, { ...answer, seconds, hasMade: answer.status === 201 })
    },
  }
  const router = new Router()
  mountRoutes(router, ALL_ROUTES, gatekeepers, services)

  const app = new Koa()
  const headers = securityHeaders(isHttps, config.tiles?.url ?? null)
  app.on('error', (error: unknown) => {
    // A client that ends a download early is not a failure.
    const isGone =
      typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
    if (!isGone) log.error('http.failed', describeError(error))
  })
  // Under our own listener the request already has an id.
  app.use((_ctx, next) => (requestId() === null ? asRequest(next) : next()))
  app.use(async (ctx, next) => {
    if (receiver.handle(ctx.req, ctx.res)) {
      ctx.respond = false
      return
    }
    ctx.set({ ...headers, [REQUEST_ID_HEADER]: requestId() ?? '' })
    await next()
  })
  app.use(answerErrors(log))
  app.use(answerOriginalPaths)
  app.use(router.routes())
  app.use(refuseOtherMethods(router))
  app.use(serveDocs(config.docsDirectory ?? null))
  const { webDirectory = null } = config
  app.use(serveWebApp(webDirectory === null ? new Map() : loadWebFiles(webDirectory)))

  const door = createDeviceDoor({
    db,
    auth,
    addressOf,
    charge: (address) => limiters.charge('reads', address),
    publicUrl: config.publicUrl ?? null,
    pages: deps.devicePages ?? null,
  })
  const settle = async (): Promise<void> => {
    await Promise.all([auth.settle(), live.idle()])
  }
  return {
    app,
    listen: (port, host = '127.0.0.1') =>
      listen({
        app,
        receiver,
        door,
        deviceHttp,
        hub,
        live,
        port,
        host,
        settle,
        headersTimeoutMs: timeouts?.headersTimeoutMs,
        drainMs: timeouts?.drainMs,
      }),
  }
}

/** The replica's lag, and whether it is in use. */
function replicaStats(side: ApiDeps['readSide']): object | undefined {
  if (side === undefined) return undefined
  const lagMs = side.lagMs()
  return { isAnswering: lagMs !== null, ...(lagMs === null ? {} : { lagSeconds: lagMs / 1_000 }) }
}
