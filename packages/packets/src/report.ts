/** What {@link decode} needs in addition to the bytes: a packet has a time of day but no date. */
export interface DecodeContext {
  /** When our server received the message; dates the fix if `transmitTime` is unknown. */
  readonly receivedAt: Date
  /** The vendor's `transmit_time` (when the Iridium session took place), or null if it is missing or unreadable. */
  readonly transmitTime: Date | null
}

/** Why one field could not be used as sent; other fields are unaffected. */
export interface FieldProblem {
  /** The field's name on the wire (`lat`, `utc`, …), the position for an unnamed value, or empty. */
  readonly field: string
  /** For machines; see {@link FIELD_PROBLEM_CODES}. */
  readonly code: string
  /** For people: one sentence. */
  readonly detail: string
  /** The value as sent (one character per byte), truncated if very long. */
  readonly raw: string
}

/** Why a buoy of firmware v3 sent its report; `woke-or-retried` is neutral on purpose, see the protocol. */
export type ReportReason =
  'normal' | 'power-on' | 'woke-or-retried' | 'configuration-changed' | 'command-refused' | 'unknown'

/** A position report, or the sign of life a buoy sends when its GPS found nothing. */
export interface PositionReport {
  readonly kind: 'position'
  readonly packetType: 'PK001' | 'PK004' | 'PK101'
  /** True if both coordinates were read, are in range, and are not 0, 0. Check this before using them. */
  readonly hasFix: boolean
  /** North positive. Without a fix `null`, or the only coordinate that could be read. */
  readonly latitudeDegrees: number | null
  /** East positive; see `latitudeDegrees`. */
  readonly longitudeDegrees: number | null
  /**
   * Time of the fix with its date resolved; `null` without a fix (the device's clock is then useless) or with an
   * unreadable `utc`.
   */
  readonly fixAt: Date | null
  /** `transmitTime` − `fixAt`: positive if the message came later than the fix, slightly negative if GPS is ahead. */
  readonly fixSkewSeconds: number | null
  readonly sogKnots: number | null
  /** Degrees true, 0 to 360. */
  readonly cogDegrees: number | null
  /** Null if the device sent none; missing is not 0. */
  readonly batteryVolts: number | null
  readonly intervalMinutes: number | null
  readonly sleepMinutes: number | null
  /** `st` as sent. */
  readonly reasonCode: number | null
  readonly reason: ReportReason | null
  /** The status as sent, hexadecimal. */
  readonly status: string | null
  /** Bit 0 of the status. */
  readonly beaconOn: boolean | null
  /** Fields this version does not know, as sent. */
  readonly unknownFields: Readonly<Record<string, string>>
  readonly problems: readonly FieldProblem[]
}

/** A command to a device, or a request of a handset. */
export type DeviceCommand =
  | { readonly command: 'beacon'; readonly on: boolean }
  | { readonly command: 'interval'; readonly minutes: number }
  | { readonly command: 'sleep'; readonly seconds: number }

/** A handset's request to command a buoy. The value is as sent: `encodeCommand` tells whether a buoy accepts it. */
export interface CommandRequest {
  readonly kind: 'command'
  readonly packetType: 'PK005' | 'PK006' | 'PK007'
  readonly command: DeviceCommand
  readonly problems: readonly FieldProblem[]
}

/** A session without payload: a mailbox check. */
export interface EmptySession {
  readonly kind: 'empty'
  readonly packetType: null
  readonly problems: readonly FieldProblem[]
}

/** Everything a device can send. */
export type Report = PositionReport | CommandRequest | EmptySession

/** A report, or the reason for its absence. */
export type DecodeResult =
  | { readonly ok: true; readonly report: Report }
  | {
      readonly ok: false
      /** The type as far as it could be read. */
      readonly packetType: string | null
      /** See {@link DECODE_FAILURE_CODES}. */
      readonly reason: { readonly code: string; readonly detail: string }
    }

/** The codes a {@link FieldProblem} can carry, each with its meaning. */
export const FIELD_PROBLEM_CODES: Readonly<Record<string, string>> = {
  missing: 'a field without which there is no fix is absent or empty',
  malformed: 'the value has not the form the protocol gives it',
  'out-of-range': 'the value has the right form and cannot be true',
  'null-island': 'the position is 0, 0 or within 20 m of it, which is no fix',
  repeated: 'the field came before: the last readable value counts',
  'no-key': 'a part of the message has no key, or an empty one',
  'extra-value': 'more values than the packet has',
  'not-ascii': 'an unknown field holds bytes that are not printable ASCII',
  'no-date': 'neither transmitTime nor receivedAt is a valid date, so the fix has a time of day only',
  'not-kept': 'the message holds more unknown text than a report keeps',
  'more-problems': 'the message has more problems than a report lists',
}

/** The codes of a failed {@link decode}, each with its meaning. */
export const DECODE_FAILURE_CODES: Readonly<Record<string, string>> = {
  'not-ascii': 'no packet type, and bytes that are not printable ASCII',
  'no-packet-type': 'text that does not begin with PK and three digits',
  'no-separator': 'a packet type that is not followed by a semicolon',
  'unknown-type': 'a packet type this version does not know',
  'missing-value': 'a command without its value',
  'malformed-value': 'a command with a value that has not the form the protocol gives it',
  'unknown-text': 'a text message of a RockSTAR that is none of the known commands',
}
