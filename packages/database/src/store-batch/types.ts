import type { MessageState } from '@paikea/domain'
import type { Problem } from '../problems.ts'
import type { NewReport } from '../tables/reports.ts'

export type { NewReport }

/** A message that was let in and read as far as it could be: what `storeBatch` writes. */
export interface NewInbound {
  readonly duplicateKey: string
  readonly format: string
  readonly imei: string | null
  readonly serial: string | null
  readonly momsn: number | null
  readonly transmitTime: Date | null
  readonly receivedAt: Date
  readonly state: Exclude<MessageState, 'processed'>
  readonly reasonCode: string | null
  readonly reasonDetail: string | null
  readonly packetType: string | null
  readonly verifiedBy: string
  readonly verificationNote: string | null
  readonly sourceAddress: string | null
  readonly contentType: string | null
  readonly rawBody: Uint8Array
  readonly payload: Uint8Array | null
  /** Any JSON value; null where the message could not be read. */
  readonly decoded: unknown
  readonly iridiumLatitude: number | null
  readonly iridiumLongitude: number | null
  readonly iridiumCepKm: number | null
  /** False where the session's status says that the estimate is not to be relied on. */
  readonly isIridiumReliable: boolean
  readonly sessionStatus: number | null
  readonly problems: readonly Problem[]
  /** Only with an IMEI: a report belongs to a modem. */
  readonly report: NewReport | null
  /**
   * It comes a second time from ourselves, because nobody knew whether the first write had been kept: where it is there already, that is no
   * copy of the sender's.
   */
  readonly isHandOver?: boolean
}

/** A report as stored. */
export interface StoredReport extends NewReport {
  readonly id: number
  readonly messageId: number
  readonly receivedAt: Date
  readonly iridium: {
    readonly latitudeDegrees: number
    readonly longitudeDegrees: number
    readonly cepKm: number | null
    readonly isReliable: boolean
  } | null
  readonly repeatOfId: number | null
}

/** A new message as stored, with what is needed to show it and to act on it. */
export interface StoredMessage {
  readonly messageId: number
  readonly key: string
  readonly imei: string | null
  readonly modemId: number | null
  readonly deviceId: number | null
  readonly iam: string | null
  readonly groupId: number | null
  readonly state: Exclude<MessageState, 'processed'>
  readonly packetType: string | null
  readonly receivedAt: Date
  readonly transmitTime: Date | null
  readonly decoded: unknown
  readonly problems: readonly Problem[]
  readonly report: StoredReport | null
  /** The report repeats an earlier one (same fix, other message). */
  readonly isRepeat: boolean
}

/** What became of one item: stored, or a copy of one already there, or not storable at all. */
export type StoreOutcome =
  | { readonly status: 'stored'; readonly stored: StoredMessage }
  | { readonly status: 'duplicate'; readonly messageId: number }
  | { readonly status: 'failed'; readonly error: unknown }
