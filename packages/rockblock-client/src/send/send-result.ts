/**
 * The outcome of a send, classified by what the caller does next:
 *
 * - `sent`: keep the id.
 * - `rejected`, `fault: 'configuration'`: tell the operator; the same message can be sent once the account is fixed.
 * - `rejected`, `fault: 'message'`: our bug; this message can never be sent.
 * - `try-later`: not accepted; the same message may be sent again. Certain if the vendor said so or was never reached;
 *   very probable with 5xx, see `server-error`.
 * - `unknown`: the request may have arrived. Sending again may send, and bill, twice: a person has to decide.
 */
export type SendResult = Sent | ConfigurationRejection | MessageRejection | TryLater | UnknownOutcome

/** The vendor accepted the message. */
export interface Sent {
  /** The vendor has it. */
  readonly outcome: 'sent'
  /** The vendor's number for the message, never empty. */
  readonly id: string
}

/** The vendor refused because of the account, the modem, or where we sent it. */
export interface ConfigurationRejection {
  /** The vendor refused it. */
  readonly outcome: 'rejected'
  /** The account, the modem or the address is at fault. */
  readonly fault: 'configuration'
  /** What exactly. */
  readonly reason: ConfigurationReason
  /** The vendor's code (10–13), or the HTTP status if there was none. */
  readonly code: number
  /** For the operator; secrets are redacted. */
  readonly text: string
}

/** What an operator has to fix. */
export type ConfigurationReason =
  | 'login-wrong'
  | 'unknown-imei'
  | 'no-line-rental'
  | 'no-credit'
  /** A redirect or "not found": the configured URL is not the service. Redirects are not followed with a password. */
  | 'wrong-address'
  /** Another HTTP 4xx. */
  | 'request-refused'

/** The vendor does not accept such a message. Detected before sending if possible, with the vendor's code for it. */
export interface MessageRejection {
  /** The vendor would refuse it, or did. */
  readonly outcome: 'rejected'
  /** The message is at fault. */
  readonly fault: 'message'
  /** What exactly. */
  readonly reason: 'not-hex' | 'too-long' | 'empty'
  /** The vendor's code (14–16). */
  readonly code: number
  /** For the developer; secrets are redacted. */
  readonly text: string
}

/** The message was not accepted (with `server-error`: very probably not), and the cause may pass. */
export interface TryLater {
  /** The vendor does not have it, as far as `reason` can say. */
  readonly outcome: 'try-later'
  /** What exactly. */
  readonly reason: TryLaterReason
  /** The server's advice (`Retry-After`), at most one hour; `null` if it gave none. */
  readonly retryAfterMs: number | null
  /** A code of the network, the HTTP status or the vendor's own code, for logs. */
  readonly detail: string
}

/** Why a message was not accepted for now. */
export type TryLaterReason =
  /** Code 99: the vendor did not accept it, and says to try later. */
  | 'system-error'
  /** `FAILED` with a code this version does not know. */
  | 'unknown-code'
  /**
   * 5xx, except 504; 408. With 408 the server never received the whole request. With 5xx it is very probable, but not
   * certain, that the message was not accepted: a server can fail after accepting it. It is repeated anyway, as the
   * HTTP form of code 99, the vendor's own "retry later": such failures are common and pass, a hidden copy is rare and
   * costs credits, and a message that waits for a person may come too late.
   */
  | 'server-error'
  /** 429. */
  | 'too-many-requests'
  /** The connection was never made (refused, no route, name not found, TLS). */
  | 'not-connected'
  /** The caller's signal was aborted before anything was sent. */
  | 'aborted-before-sending'

/** It is unknown whether the vendor has it. */
export interface UnknownOutcome {
  /** The vendor may have it. */
  readonly outcome: 'unknown'
  /** What exactly. */
  readonly reason: UnknownReason
  /** A code of the network or the HTTP status, for logs. */
  readonly detail: string
}

/** Why the outcome is unknown. */
export type UnknownReason =
  /** No response within `timeoutMs`. */
  | 'timeout'
  /** The caller's signal was aborted while the request was in flight. */
  | 'aborted'
  /** The connection ended before the response was complete. */
  | 'connection-lost'
  /** 504: a gateway on the way gave up waiting for the service. */
  | 'gateway-timeout'
  /** A 2xx that is not the vendor's response. */
  | 'unrecognised-answer'
