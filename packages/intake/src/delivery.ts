import type { StoredMessage } from '@paikea/database'
import type { WebhookFormat } from '@paikea/rockblock-client'

/** One delivery of the vendor as it arrived, before anything is known about it. */
export interface Delivery {
  /** The format expected at its URL: the fallback if its fields do not identify it. */
  readonly format: WebhookFormat
  readonly body: Uint8Array
  /** The `Content-Type` header. */
  readonly contentType: string | null
  readonly receivedAt: Date
  /** For operators; never a proof of anything. */
  readonly sourceAddress: string | null
  /** The address contained the correct secret. The secret itself stays outside. */
  readonly hasSecret: boolean
  /** It came without a secret from an address that is exempt during a migration. @default false */
  readonly isFromKnownSender?: boolean
}

/** What admitted a delivery. `address`: its sender's address, during a migration. `import`: it is history. */
export type AdmittedBy = 'secret' | 'token' | 'secret+token' | 'address' | 'import'

/**
 * An admitted delivery as JSON: what travels through the workflow server while the database is unavailable, and what
 * `acceptEnvelope` takes.
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

/** The outcome of a delivery. `accepted` and `duplicate` are durable. */
export type AcceptResult =
  | {
      readonly status: 'accepted'
      readonly messageId: number
      readonly key: string
      /** `quarantined`: kept, but it could not be decoded; the stored row says why. */
      readonly state: 'accepted' | 'quarantined'
      readonly stored: StoredMessage
    }
  | { readonly status: 'duplicate'; readonly messageId: number; readonly key: string }
  | Refusal

/** Admitted, and ready to travel. */
export type AdmitResult =
  { readonly ok: true; readonly envelope: Envelope; readonly key: string } | ({ readonly ok: false } & Refusal)

/**
 * The database is unavailable or did not respond in time: it is unknown whether the message was stored. (It may have
 * been, if the database was merely slow: accept is idempotent.) The caller finds another place for it, or lets the
 * vendor keep it.
 */
export class NotDurableError extends Error {
  readonly code = 'NOT_DURABLE'
  override readonly name = 'NotDurableError'
}
