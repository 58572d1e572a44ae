/** What is taken from a database of the original service. Ids are its own; texts stand as they came in the request's form body. */

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
  /** The modem it has now; nothing says which it had before. */
  readonly modemId: number | null
}

/** A tracker of the vendor's, used as a handset. */
export interface OriginalTracker extends OriginalRow {
  readonly imei: string
  readonly serial: string
}

export interface OriginalQueue extends OriginalRow {
  readonly url: string
}

/** No foreign keys: it may point nowhere, name unknown kinds, or stand there twice. */
export interface OriginalRoute extends OriginalRow {
  readonly sourceType: string
  /** Id of a modem, not of a device; of a tracker for `rockstar`. */
  readonly sourceId: number
  readonly messageType: string
  readonly targetType: string
  /** Id of a modem, also for `buoy` and `handset`; of a tracker or a queue for `rockstar` and `sqs`. */
  readonly targetId: number
  readonly isEnabled: boolean
}

/** The form's fields that a message was stored with. */
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
  /** Start of the server process that stored it; when it came in was not kept. */
  readonly createdAt: Date | null
  /** Still percent-encoded; a column that was NULL is left out. */
  readonly fields: Readonly<Partial<Record<(typeof ORIGINAL_FIELDS)[number], string>>>
}

/** A push of a tracker, its fields in columns of their names. */
export interface OriginalPush {
  readonly id: string
  readonly isDeleted: boolean
  readonly createdAt: Date | null
  readonly columns: Readonly<Record<string, string | number | null>>
}
