/** The vendor as a device sees it: one session takes one message up and brings at most one down. */
import type { Fix } from './firmware.ts'

/** One satellite session. */
export interface SatelliteSession {
  readonly imei: string
  /** What the device sends; empty for a mailbox check. */
  readonly payload: Uint8Array
  /** Where the modem is, for the network's own rough estimate; `null` = no estimate. */
  readonly at: { readonly latitudeDegrees: number; readonly longitudeDegrees: number } | null
  /** A tracker's own report, which the vendor decodes for us. */
  readonly fix?: Fix | undefined
  /** Session time to be told when it differs from now, milliseconds UTC. */
  readonly transmitAtMs?: number
  /** Whether a waiting MT is taken along. @default true */
  readonly fetchesMt?: boolean
}

/** What came of it. */
export interface SessionResult {
  readonly momsn: number
  readonly mt: Uint8Array | null
  /** How many MT are still queued. */
  readonly waiting: number
}

/** Takes sessions. */
export interface Gateway {
  /** @throws UnknownModemError when the IMEI is not on the account */
  exchange(session: SatelliteSession): SessionResult
}
