/**
 * Everything that can go wrong at the vendor's or on the way there.
 *
 * - a refusal of the service: `login-wrong` (10) … `empty` (16), `system-error` (99)
 * - an HTTP response: `server-error` (500), `unavailable` (503), `too-many-requests` (429), `gateway-timeout` (504),
 *   `redirect` (302), `garbage` (a page in a 200)
 * - nothing reached the service: `refused`, `reset` (connection lost before it had the message), `hang` (it never gets
 *   it and never responds)
 * - the service **has** the message and the caller cannot know: `timeout` (accepted, never answered),
 *   `reset-after-accept`
 */
export type FaultName =
  | 'login-wrong'
  | 'unknown-imei'
  | 'no-line-rental'
  | 'no-credit'
  | 'not-hex'
  | 'too-long'
  | 'empty'
  | 'system-error'
  | 'server-error'
  | 'unavailable'
  | 'too-many-requests'
  | 'gateway-timeout'
  | 'redirect'
  | 'garbage'
  | 'refused'
  | 'reset'
  | 'hang'
  | 'timeout'
  | 'reset-after-accept'

/** How long a fault lasts, and its details. */
export interface FaultOptions {
  /**
   * For how many requests.
   * @default Infinity
   */
  readonly count?: number
  /**
   * `Retry-After` of `unavailable` and `too-many-requests`, as sent.
   * @default not sent
   */
  readonly retryAfter?: string
}

/**
 * A connection that ends without a response. The fake's `fetch` turns it into the error Node throws; a server that
 * exposes `handle` destroys the socket when it rejects with this.
 */
export class ConnectionFault extends Error {
  /** Identifies the class. */
  override readonly name = 'ConnectionFault'
  /** As on Node's errors. */
  readonly code: 'ECONNREFUSED' | 'ECONNRESET'

  /** A connection that was refused or lost. */
  constructor(code: 'ECONNREFUSED' | 'ECONNRESET') {
    super(code === 'ECONNREFUSED' ? 'connection refused' : 'connection reset')
    this.code = code
  }
}

/** The service's own refusals by fault. */
export const REFUSALS: Readonly<Partial<Record<FaultName, readonly [code: number, text: string]>>> = {
  'login-wrong': [10, 'Invalid login credentials'],
  'unknown-imei': [11, 'No RockBLOCK with this IMEI found on your account'],
  'no-line-rental': [12, 'RockBLOCK has no line rental'],
  'no-credit': [13, 'Your account has insufficient credit'],
  'not-hex': [14, 'Could not decode hex data'],
  'too-long': [15, 'Data too long'],
  empty: [16, 'No data'],
  'system-error': [99, 'System Error'],
}
