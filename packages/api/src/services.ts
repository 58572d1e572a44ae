import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Log } from '@paikea/domain'
import type { Database, UndispatchedOutbound } from '@paikea/database'
import type { StandingRef } from '@paikea/operations'
import type { SendSettings } from '@paikea/delivery'
import type { Authenticator } from './auth/authenticate.ts'
import type { IdentityProvider } from './auth/identity-provider.ts'
import type { AddressReader } from './http/client-address.ts'
import type { FailedLogIns } from './http/rate-limit.ts'
import type { LiveHub } from './live/hub.ts'
import type { FleetAnswers } from './resources/fleet/fleet-answers.ts'
import type { StreamPlaces } from './live/places.ts'
import type { LiveSource } from './live/live-source.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { DatabaseHealth } from './service/database-health.ts'
import type { RefusalCounter } from './webhooks/refusals.ts'

/** Handles devices on the API's port, below everything that users need. */
export interface DeviceHttpDoor {
  /** Takes over device connections of a server that is not listening yet. */
  attach(server: Server): void
  /** Handles a device's request on a connection that another client opened; `false`: not a device's request. */
  handle(req: IncomingMessage, res: ServerResponse): boolean
}

/** Sends mail. */
export interface MailSender {
  /** @throws if the server did not take it */
  send(mail: {
    readonly to: string
    readonly subject: string
    readonly text: string
    readonly id: string
  }): Promise<void>
}

/** Sends push messages to browsers. */
export interface BrowserPush {
  /** The key browsers subscribe with: base64url. */
  publicKey(): Promise<string>
  /** @throws if it was not accepted; the error never contains the address */
  send(
    target: { readonly endpoint: string; readonly p256dh: string; readonly auth: string },
    message: { readonly title: string; readonly body: string; readonly path: string; readonly tag: string },
  ): Promise<'sent' | 'gone'>
}

/** What the API needs from the dispatcher. */
export interface OutboundNotifier {
  notifyOutbound(rows: readonly UndispatchedOutbound[]): void
  /** Call after a change that left work behind, such as a resumed endpoint, to sweep at once. */
  sweepSoon?(): void
}

/** What firmware routes need from the parts that fetch firmware and start workflows. */
export interface FirmwareService {
  /** The commit a name points to now; `null` if that cannot be found out quickly. Never throws. */
  lookUpRef(ref: string): Promise<StandingRef | null>
  /** Call after a commit that created a row, to start its workflow. */
  notify(): void
  /** Call after a commit that changed a row, to wake its workflow. */
  wake(work: 'release' | 'upgrade' | 'rollout', id: number): void
}

/** State of the workflow server as its connection last saw it; does not block. */
export interface TemporalHealth {
  readonly state: 'up' | 'down' | 'unknown'
  readonly detail?: string
}

/** What routes depend on; created once in `createApi`. A resource picks the part it uses. */
export interface Services {
  readonly db: Database
  /**
   * The database for exports and older pages: a replica while it keeps up. Never use it to show the caller's own
   * change.
   */
  readonly reader: () => Database
  readonly hub: LiveHub
  readonly dispatcher: OutboundNotifier | null
  /** Settings for sending endpoint tests, and for judging addresses. */
  readonly sending: SendSettings
  readonly firmware: FirmwareService | null
  readonly auth: Pick<Authenticator, 'identify'>
  readonly failedLogIns: FailedLogIns
  readonly addressOf: AddressReader
  /** Whether users reach the service over HTTPS. */
  readonly isHttps: boolean
  /** The service's public address, without a trailing slash. */
  readonly publicUrl: string | null
  /** The secret in the URL that admits deliveries; `null`: only the vendor's token does. */
  readonly webhookSecret: string | null
  /** `null`: there is no mail server. */
  readonly mailer: MailSender | null
  /** `null`: push is off. */
  readonly push: BrowserPush | null
  /** Identity provider for signing in besides e-mail and password; `null`: none. */
  readonly provider: IdentityProvider | null
  readonly log: Log
  /** Notified after commits that wrote events. */
  readonly live: Pick<LiveSource, 'look' | 'ready' | 'since'>
  readonly fleetAnswers: FleetAnswers
  readonly streamPlaces: StreamPlaces
  readonly refusals: RefusalCounter
  readonly databaseHealth: () => Promise<DatabaseHealth>
  readonly temporalHealth: () => TemporalHealth
  readonly version: string
  readonly metrics: Metrics
  /** Addresses of other programs that the page links to. */
  readonly links: {
    /** A `/` and the workflow id follow it. */
    readonly workflows: string | null
    readonly tiles: { readonly url: string; readonly attribution: string } | null
  }
  /** Queue lengths and counters, nested by subject. */
  readonly collect: () => Readonly<Record<string, unknown>>
  /** The OpenAPI document. */
  readonly describe: () => { readonly openapi: string }
}
