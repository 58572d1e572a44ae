/** The vendor as a device sees it: one session takes one message up and brings at most one down. */
import type { Fix } from './firmware.ts'

/** One satellite session. */
export interface SatelliteSession {
  readonly imei: string
  /** What the device sends; empty for a mailbox check. */
  readonly payload: Uint8Array
  /** The modem's location, for the network's own rough estimate; `null`: no estimate. */
  readonly at: { readonly latitudeDegrees: number; readonly longitudeDegrees: number } | null
  /** A tracker's own report, which the vendor decodes for us. */
  readonly fix?: Fix | undefined
  /** Reported session time if it differs from now, milliseconds UTC. */
  readonly transmitAtMs?: number
  /** Whether to fetch a waiting MT too. @default true */
  readonly fetchesMt?: boolean
}

/** The result of a session. */
export interface SessionResult {
  readonly momsn: number
  readonly mt: Uint8Array | null
  /** How many MT are still queued. */
  readonly waiting: number
}

/** Handles sessions. */
export interface Gateway {
  /** @throws UnknownModemError if the IMEI is not on the account */
  exchange(session: SatelliteSession): SessionResult
}
