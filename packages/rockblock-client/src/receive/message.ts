/**
 * The typed content of a vendor delivery. Three wire formats, distinguished by `format`:
 *
 * - `rockblock`: the RockBLOCK portal's webhook (9602/9603 modems), form or JSON
 * - `core-push`: the Core Push API (RockSTAR, RockAIR and other trackers), form or JSON
 * - `cloudloop`: Cloudloop "JSON (Lingo)" (9603 and the newer 9704)
 */
export type WebhookFormat = 'rockblock' | 'core-push' | 'cloudloop'

/** A field that could not be read although the message as a whole could. */
export interface WebhookProblem {
  /** The vendor's name for the field. */
  readonly field: string
  /** Stable, for programs. */
  readonly code: ProblemCode
  /** For users; contains the value as received, shortened. */
  readonly detail: string
}

/** Why a single field was omitted. */
export type ProblemCode =
  | 'bad-number'
  | 'bad-text'
  | 'bad-time'
  | 'bad-boolean'
  | 'broken-encoding'
  | 'doubled-field'
  | 'missing-field'
  | 'out-of-range'
  | 'time-in-future'
  | 'null-island'
  | 'imei-mismatch'

/** Iridium's own estimate of the modem's position. Not GPS: accurate to tens or hundreds of kilometres. */
export interface IridiumEstimate {
  /** North positive. */
  readonly latitudeDegrees: number
  /** East positive. */
  readonly longitudeDegrees: number
  /** Radius in kilometres that contains the modem with 80 % probability; `null` if not sent. */
  readonly cepKm: number | null
}

/** A position in WGS 84 degrees. */
export interface Position {
  /** North positive. */
  readonly latitudeDegrees: number
  /** East positive. */
  readonly longitudeDegrees: number
}

/** The members every format has. */
export interface MoCommon {
  /** The modem, 15 digits; `null` only in format `core-push`, where a push may contain only the serial. */
  readonly imei: string | null
  /** The vendor's serial of the device as text; `null` if not sent. */
  readonly serial: string | null
  /** Number of the session, 0..65535 with wrap (format `core-push`: larger); `null` if the format did not send one. */
  readonly momsn: number | null
  /** Time of the session, UTC; may be days before the delivery. */
  readonly transmitTime: Date | null
  /** What the device sent; empty for a session without a message (mailbox check). */
  readonly payload: Uint8Array
  /** As sent (`ROCKBLOCK`, `LEOPARD3`, …). */
  readonly deviceType: string | null
  /** The vendor's token as received; check it with `verifyWebhook`. */
  readonly jwt: string | null
  /** The body's encoding. */
  readonly encoding: 'form' | 'json'
  /** `null` if not sent, unreadable, or at 0,0 (the vendor's "no estimate"). */
  readonly iridium: IridiumEstimate | null
  /** SBD session status as sent, unknown values included; see `describeSessionStatus`. */
  readonly sessionStatus: number | null
  /** All fields exactly as received. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Those of `fields` that this version does not know. */
  readonly unknownFields: Readonly<Record<string, unknown>>
  /** Omitted fields, with the reason. */
  readonly problems: readonly WebhookProblem[]
  /** The body as passed to `parseWebhook`, the same bytes. */
  readonly raw: Uint8Array
}

/** Format A, the RockBLOCK portal's webhook. */
export interface RockBlockMessage extends MoCommon {
  /** Discriminates the formats. */
  readonly format: 'rockblock'
  /** 15 digits. */
  readonly imei: string
  /** 0..65535, wraps to 0. */
  readonly momsn: number
  /** UTC. */
  readonly transmitTime: Date
}

/** Format B, the Core Push API. Which members are set depends on the report. */
export interface CorePushMessage extends MoCommon {
  /** Discriminates the formats. */
  readonly format: 'core-push'
  /** The vendor's key of this push, unchanged by retries. */
  readonly id: string
  /** `IRIDIUM`, `GPRS`, `OTHER`. */
  readonly transport: string | null
  /** `ROUTINE`, `BURST`, `MESSAGE`, `ACKNOWLEDGE`, `SERIAL_RAW`, … */
  readonly trigger: string | null
  /** Source of the position: `GPS`, `IRIDIUM`. */
  readonly source: string | null
  /** Time of the report, UTC. */
  readonly at: Date | null
  /** When the device sent it, UTC. */
  readonly txAt: Date | null
  /** The device's GPS position (`lat`, `lon`); `null` at 0,0 and within 20 m of it, with a problem `null-island`. */
  readonly position: Position | null
  /** Speed over ground, knots. */
  readonly sogKnots: number | null
  /** Course over ground, degrees from true north, 0..360. */
  readonly cogDegrees: number | null
  /** Mean speed since the last report, knots. */
  readonly averageSogKnots: number | null
  /** Mean course since the last report, degrees, 0..360. */
  readonly averageCogDegrees: number | null
  /** Metres above sea level, may be negative. */
  readonly altitudeMetres: number | null
  /** Dilution of precision of the fix, no unit. */
  readonly pdop: number | null
  /** Inside the device, °C. */
  readonly temperatureCelsius: number | null
  /** 0..100. */
  readonly batteryPercent: number | null
  /** On external power. */
  readonly externalPower: boolean | null
  /** `message`, a text written by a user. */
  readonly text: string | null
  /** Bytes of a device behind the tracker (`userData`, or `data`); `null` if none were sent. */
  readonly userData: Uint8Array | null
  /** The device asks for an acknowledgement under this number. */
  readonly ackRequest: string | null
  /** The device confirms the sent message with this id (`SendMessage`'s receipt). */
  readonly messageAck: string | null
}

/** Format C, Cloudloop "JSON (Lingo)". */
export interface CloudloopMessage extends MoCommon {
  /** Discriminates the formats. */
  readonly format: 'cloudloop'
  /** 15 digits: the session's, otherwise the hardware's. */
  readonly imei: string
  /** The vendor's key of this delivery, a UUID. */
  readonly id: string
  /** Short Burst Data (9602/9603) or Iridium Messaging Transport (9704); `null` if neither part was sent. */
  readonly service: 'sbd' | 'imt' | null
  /** When Cloudloop received it, UTC. */
  readonly receivedAt: Date | null
  /** The session's status as sent (`SESSION_STATUS_OK`, …); `sessionStatus` if it is, or maps to, a number. */
  readonly sessionStatusText: string | null
  /** Cloudloop's id of the account. */
  readonly accountId: string | null
  /** Cloudloop's id of the subscriber. */
  readonly subscriberId: string | null
  /** Cloudloop's id of the device, for sending with `CloudloopClient`. */
  readonly thingId: string | null
  /** Number of the last MT the modem received (SBD). */
  readonly mtmsn: number | null
  /** Iridium's call reference (SBD). */
  readonly cdrReference: string | null
  /** Topic of the message (IMT). */
  readonly topic: string | null
  /** Id of the message at the gateway (IMT). */
  readonly imtMessageId: string | null
  /** The payload failed its integrity check (IMT): do not act on it. */
  readonly isDamaged: boolean
  /** A tracker's binary payload, as decoded by the vendor; `null` for any other payload. */
  readonly p6: P6Content | null
}

/**
 * A P6 payload (RockSTAR and other trackers), as decoded by Cloudloop. If it contains several positions or texts, the
 * first counts.
 */
export interface P6Content {
  /** `MO_MESSAGE_AUTO_POSITION_REPORT`, … of the first part that was read. */
  readonly type: string | null
  /** A position report, with or without a fix. */
  readonly hasReport: boolean
  /** The device's time of the report, UTC. */
  readonly at: Date | null
  /** The device's GPS position; `null` without a fix, at 0,0 and within 20 m of it. */
  readonly position: Position | null
  /** Speed over ground, knots. */
  readonly sogKnots: number | null
  /** Course over ground, degrees from true north, 0..360. */
  readonly cogDegrees: number | null
  /** Metres above sea level. */
  readonly altitudeMetres: number | null
  /** On external power. */
  readonly externalPower: boolean | null
  /** A text written by a user. */
  readonly text: string | null
  /** How many parts of the payload are neither a report nor a text, or could not be decoded. */
  readonly unread: number
  /** Why, for users: the vendor's errors, or the types of the parts. */
  readonly why: string
}

/** A mobile-originated message in any of the formats. */
export type MoMessage = RockBlockMessage | CorePushMessage | CloudloopMessage

/** Why a body is not a message. Stable, for programs. */
export type ParseFailureCode =
  | 'wrong-content-type'
  | 'empty-body'
  | 'not-utf-8'
  | 'not-json'
  | 'not-an-object'
  | 'broken-encoding'
  | 'doubled-field'
  | 'missing-field'
  | 'bad-imei'
  | 'bad-momsn'
  | 'bad-time'
  | 'bad-id'
  | 'not-hex'
  | 'not-base64'

/** One reason, and the field it is about. */
export interface ParseFailureReason {
  /** What is wrong. */
  readonly code: ParseFailureCode
  /** The vendor's name of the field; `null` if it is about the whole body. */
  readonly field: string | null
  /** For users; contains the value as received, shortened. */
  readonly detail: string
}

/** What could be read from a body that is not a message, to help a user find it again. Unverified: do not act on it. */
export interface PartialMessage {
  /** 15 digits. */
  readonly imei: string | null
  /** A whole number, in any range. */
  readonly momsn: number | null
  /** UTC. */
  readonly transmitTime: Date | null
  /** At most 20 characters. */
  readonly serial: string | null
  /** Not verified. */
  readonly jwt: string | null
}

/** A body that is not a message: keep its bytes, respond with 200, and show it to a user. */
export interface ParseFailure {
  /** Not a message. */
  readonly ok: false
  /** The format as requested or recognised; `null` if neither. */
  readonly format: WebhookFormat | null
  /** The first thing that makes it unusable. */
  readonly reason: ParseFailureReason
  /** To help a user find the message again. */
  readonly partial: PartialMessage
  /** The body as passed in, the same bytes. */
  readonly raw: Uint8Array
}

/** Result of `parseWebhook`. */
export type ParseResult = { readonly ok: true; readonly message: MoMessage } | ParseFailure
