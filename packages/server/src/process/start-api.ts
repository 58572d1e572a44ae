import { createApi, type Listening } from '@paikea/api'
import type { Database, ReadSide } from '@paikea/database'
import type { Log, Traces } from '@paikea/domain'
import type { Config } from '../config/load-config.ts'
import { ensureWebhookSecret } from '../first-start/webhook-secret.ts'
import type { Components } from './build-components.ts'
import { watchTemporal } from './health-watch.ts'
import { listenError } from './listen-error.ts'
import { readVersion } from './read-version.ts'
import { createSendSettings } from './send-settings.ts'
import { findDocsFolder, findWebFolder } from './web-folder.ts'

/** Longer than a proxy under load leaves a connection idle. */
const DRAIN_MS = 500

/** Opens the API's port, whether or not Temporal is up. @throws {ServeError} if the port cannot be opened */
export async function startApi(
  options: Components & {
    readonly config: Config
    readonly db: Database
    readonly log: Log
    readonly traces: Traces
    readonly readSide: ReadSide | null
  },
): Promise<Listening> {
  const {
    config,
    db,
    log,
    traces,
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
    readSide,
  } = options
  const { http, webhook } = config
  const temporal = watchTemporal(side)
  const api = createApi({
    db,
    intake,
    dispatcher,
    hub,
    live,
    log,
    traces,
    mailer,
    push,
    ...(readSide === null ? {} : { readSide }),
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
    alertStats: () => alerts.stats(),
    config: {
      webhookSecret: webhook.secret ?? (await ensureWebhookSecret(config)),
      webhookSenders: webhook.senders,
      publicUrl: http.publicUrl,
      workflowsUrl: http.workflowsUrl,
      tiles: http.tiles,
      trustedProxies: http.trustedProxies,
      metricsToken: http.metricsToken,
      identityProvider: config.identityProvider,
      requiresSecondFactor: config.requiresSecondFactor,
      webDirectory: findWebFolder(),
      docsDirectory: findDocsFolder(),
      version: readVersion(),
      timeouts: { drainMs: DRAIN_MS },
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
    throw listenError(cause, `port ${http.port}`, 'PAIKEA_PORT')
  }
}
