import type { StoredMessage } from '@paikea/database'
import type { WebhookFormat } from '@paikea/rockblock-client'

/** One delivery of the vendor as it came in, before anything is known about it. */
export interface Delivery {
  /** The format expected at its URL: the fallback if its fields do not identify it. */
  readonly format: WebhookFormat
  readonly body: Uint8Array
  /** The `Content-Type` header. */
  readonly contentType: string | null
  readonly receivedAt: Date
  /** For operators; never a proof of anything. */
  readonly sourceAddress: string | null
  /** The address held the right secret. The secret itself stays outside. */
  readonly hasSecret: boolean
  /** It came without a secret from an address that may do so while the old service's portals move. @default false */
  readonly isFromKnownSender?: boolean
}

/** What let a delivery in. `address`: where it came from, while the old service's addresses are still in use. `import`: it is history. */
export type AdmittedBy = 'secret' | 'token' | 'secret+token' | 'address' | 'import'

/**
 * A delivery that was let in, as JSON: what travels through the workflow server while the database is away,
 * and what `acceptEnvelope` takes.
 */
export interface Envelope {
  readonly format: WebhookFormat
  readonly bodyBase64: string
  readonly contentType: string | null
  /** ISO 8601, UTC. */
  readonly receivedAt: string
  readonly sourceAddress: string | null
  readonly hasSecret: boolean
  readonly admittedBy: AdmittedBy
  /** Why the vendor's token was not accepted, if there was one in addition to the right secret. */
  readonly verificationNote: string | null
}

/** Neither a right secret nor a valid token. Nothing is stored. */
export interface Refusal {
  readonly status: 'refused'
  readonly reason: 'no-secret-no-token' | 'token-invalid'
  /** For operators. */
  readonly detail: string
}

/** What became of a delivery. `accepted` and `duplicate` are durable. */
export type AcceptResult =
  | {
      readonly status: 'accepted'
      readonly messageId: number
      readonly key: string
      /** `quarantined`: kept, but it could not be read; the stored row says why. */
      readonly state: 'accepted' | 'quarantined'
      readonly stored: StoredMessage
    }
  | { readonly status: 'duplicate'; readonly messageId: number; readonly key: string }
  | Refusal

/** Let in, and ready to travel. */
export type AdmitResult =
  { readonly ok: true; readonly envelope: Envelope; readonly key: string } | ({ readonly ok: false } & Refusal)

/**
 * The database is out of reach, or did not answer in time: the message is unknown to be stored. (It may be, when the database was only
 * slow: handing the same message in again is always safe.) The caller finds another place for it, or lets the vendor keep it.
 */
export class NotDurableError extends Error {
  readonly code = 'NOT_DURABLE'
  override readonly name = 'NotDurableError'
}
