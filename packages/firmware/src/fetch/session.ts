import type { FirmwareLimits } from '../limits.ts'
import type { Advertisement } from './advertisement.ts'
import type { ByteReader } from './byte-reader.ts'

/** One conversation with `git upload-pack`, wherever it runs. */
export interface UploadPackSession {
  /** What the server listed at the beginning. */
  readonly advertisement: Advertisement
  /** Whether the server gives commits at which no branch or tag stands. */
  readonly givesAnyCommit: boolean
  /** Sends the one request. @returns the answer; a failure is thrown while it is read */
  request(body: Uint8Array): ByteReader
  /** Ends it, whatever it is doing. Safe to call twice. */
  close(): Promise<void>
}

/** What every kind of session is opened with. */
export interface SessionOptions {
  readonly limits: FirmwareLimits
  /** Ends the conversation at once. */
  readonly signal: AbortSignal
}
