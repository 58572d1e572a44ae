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

/** What answers devices on the API's port, below everything that people need. */
export interface DeviceHttpDoor {
  /** Takes over the connections of devices on a server that does not listen yet. */
  attach(server: Server): void
  /** Answers a device's request on a connection that someone else began; `false` = not one. */
  handle(req: IncomingMessage, res: ServerResponse): boolean
}

/** Sends mail to people. */
export interface MailSender {
  /** @throws if the server did not take it */
  send(mail: {
    readonly to: string
    readonly subject: string
    readonly text: string
    readonly id: string
  }): Promise<void>
}

/** Sends messages to browsers. */
export interface BrowserPush {
  /** What browsers subscribe with: base64url. */
  publicKey(): Promise<string>
  /** @throws if it was not taken; never with the address */
  send(
    target: { readonly endpoint: string; readonly p256dh: string; readonly auth: string },
    message: { readonly title: string; readonly body: string; readonly path: string; readonly tag: string },
  ): Promise<'sent' | 'gone'>
}

/** What the API asks of the part that starts workflows. */
export interface OutboundNotifier {
  notifyOutbound(rows: readonly UndispatchedOutbound[]): void
  /** After a change that left work behind, as a resumed endpoint: it is looked for at once. */
  sweepSoon?(): void
}

/** What routes about firmware ask of the parts that fetch it and start workflows. */
export interface FirmwareService {
  /** Where a name stands in the repository now; `null` if it cannot be told quickly. Never fails. */
  lookUpRef(ref: string): Promise<StandingRef | null>
  /** After a commit that made a row: its workflow starts. */
  notify(): void
  /** After a commit that changed a row: its workflow looks again. */
  wake(work: 'release' | 'upgrade' | 'rollout', id: number): void
}

/** How it stands with the workflow server, as its connection knows it; asked without waiting. */
export interface TemporalHealth {
  readonly state: 'up' | 'down' | 'unknown'
  readonly detail?: string
}

/** What routes work with; made once in `createApi`. A resource asks for the part it uses. */
export interface Services {
  readonly db: Database
  /** Where exports and older pages are read: a replica while one keeps up. Nothing that must show the caller's own change. */
  readonly reader: () => Database
  readonly hub: LiveHub
  readonly dispatcher: OutboundNotifier | null
  /** What tests of endpoints are sent with, and addresses judged by. */
  readonly sending: SendSettings
  readonly firmware: FirmwareService | null
  readonly auth: Pick<Authenticator, 'identify'>
  readonly failedLogIns: FailedLogIns
  readonly addressOf: AddressReader
  /** Whether people reach the service by HTTPS. */
  readonly isHttps: boolean
  /** Where people reach the service, without a slash at its end. */
  readonly publicUrl: string | null
  /** Lets deliveries in by the address; `null`: only the vendor's token does. */
  readonly webhookSecret: string | null
  /** Sends mail; `null`: there is no mail server. */
  readonly mailer: MailSender | null
  /** `null`: no browser is told of anything. */
  readonly push: BrowserPush | null
  /** Where people may log in beside e-mail and password; `null`: nowhere. */
  readonly provider: IdentityProvider | null
  readonly log: Log
  /** Told after commits that wrote events. */
  readonly live: Pick<LiveSource, 'look' | 'ready' | 'since'>
  readonly fleetAnswers: FleetAnswers
  readonly streamPlaces: StreamPlaces
  readonly refusals: RefusalCounter
  readonly databaseHealth: () => Promise<DatabaseHealth>
  readonly temporalHealth: () => TemporalHealth
  readonly version: string
  readonly metrics: Metrics
  /** Addresses of other programs that the page leads to. */
  readonly links: {
    /** Workflow ids go behind it and a `/`. */
    readonly workflows: string | null
    readonly tiles: { readonly url: string; readonly attribution: string } | null
  }
  /** Queues and counters, nested by subject. */
  readonly collect: () => Readonly<Record<string, unknown>>
  /** The OpenAPI document. */
  readonly describe: () => { readonly openapi: string }
}
