import type { FirmwareLimits } from '../limits.ts'
import type { Advertisement } from './advertisement.ts'
import type { ByteReader } from './byte-reader.ts'

/** One session with `git upload-pack`, wherever it runs. */
export interface UploadPackSession {
  /** The ref list the server started with. */
  readonly advertisement: Advertisement
  /** Whether the server allows requesting commits that no branch or tag points to. */
  readonly givesAnyCommit: boolean
  /** Sends the single request. @returns the response; errors are thrown while reading it */
  request(body: Uint8Array): ByteReader
  /** Ends the session at any time. Idempotent. */
  close(): Promise<void>
}

/** Options common to every kind of session. */
export interface SessionOptions {
  readonly limits: FirmwareLimits
  /** Ends the session at once. */
  readonly signal: AbortSignal
}
