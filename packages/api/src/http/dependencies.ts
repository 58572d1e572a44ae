import type { Database, UndispatchedOutbound } from '@paikea/database'
import type { Authenticator } from '../auth/authenticate.ts'
import type { DeliveryFeed } from '../live/delivery-feed.ts'
import type { LiveHub } from '../live/hub.ts'
import type { AddressReader } from './client-address.ts'
import type { ApiLog } from './log.ts'
import type { RateLimiters } from './rate-limit.ts'

/** What the API asks of the part that starts workflows. */
export interface OutboundNotifier {
  notifyOutbound(rows: readonly UndispatchedOutbound[]): void
}

/** What the resources work with; made once in `createApi`. */
export interface ResourceDeps {
  readonly db: Database
  readonly hub: LiveHub
  readonly dispatcher: OutboundNotifier | null
  /** Told of messages out that a person made or changed. */
  readonly deliveries: DeliveryFeed
  readonly auth: Authenticator
  readonly limits: RateLimiters
  readonly addressOf: AddressReader
  /** Whether people reach the service by HTTPS. */
  readonly isHttps: boolean
  readonly log: ApiLog
}
