/**
 * Rows imported from a database of the original service. Ids are its own; texts are verbatim from the request's form
 * body.
 */

/** `isDeleted`: hidden in the original. */
interface OriginalRow {
  readonly id: number
  readonly isDeleted: boolean
}

export interface OriginalModem extends OriginalRow {
  /** Not unique. */
  readonly imei: string | null
  readonly serial: string | null
}

export interface OriginalDevice extends OriginalRow {
  readonly kind: 'buoy' | 'handset'
  readonly iam: string | null
  /** Its present modem; nothing records the earlier ones. */
  readonly modemId: number | null
}

/** One of the vendor's trackers, used as a handset. */
export interface OriginalTracker extends OriginalRow {
  readonly imei: string
  readonly serial: string
}

export interface OriginalQueue extends OriginalRow {
  readonly url: string
}

/** No foreign keys: it may point nowhere, name unknown kinds, or occur twice. */
export interface OriginalRoute extends OriginalRow {
  readonly sourceType: string
  /** Id of a modem, not of a device; for `rockstar`, of a tracker. */
  readonly sourceId: number
  readonly messageType: string
  readonly targetType: string
  /** Id of a modem, also for `buoy` and `handset`; for `rockstar` and `sqs`, of a tracker or a queue. */
  readonly targetId: number
  readonly isEnabled: boolean
}

/** The form fields stored with a message. */
export const ORIGINAL_FIELDS = [
  'imei',
  'device_type',
  'serial',
  'momsn',
  'transmit_time',
  'iridium_latitude',
  'iridium_longitude',
  'iridium_cep',
  'iridium_session_status',
  'data',
] as const

export interface OriginalMessage extends OriginalRow {
  /** Start of the server process that stored it; the time of arrival was not kept. */
  readonly createdAt: Date | null
  /** Still percent-encoded; NULL columns are omitted. */
  readonly fields: Readonly<Partial<Record<(typeof ORIGINAL_FIELDS)[number], string>>>
}

/** A push of a tracker, with its fields in columns of the same names. */
export interface OriginalPush {
  readonly id: string
  readonly isDeleted: boolean
  readonly createdAt: Date | null
  readonly columns: Readonly<Record<string, string | number | null>>
}
