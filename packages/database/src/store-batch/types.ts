import type { MessageState } from '@paikea/domain'
import type { Problem } from '../problems.ts'
import type { NewMessageFacts } from '../tables/inbound-messages.ts'
import type { NewReport } from '../tables/reports.ts'

export type { NewReport }

/** A message that was let in and read as far as it could be: what `storeBatch` writes. */
export interface NewInbound extends NewMessageFacts {
  readonly state: Exclude<MessageState, 'processed'>
  /**
   * Its payload is all it says: the same one under the same MOMSN is the same message. A tracker's message says more, and several share a number.
   */
  readonly isKnownByPayload: boolean
  /** The report's fix was sent as a time of day; its date is the one that the transmission makes likely. */
  readonly isDatedByDay: boolean
  /** Only with an IMEI: a report belongs to a modem. */
  readonly report: NewReport | null
  /**
   * It comes a second time from ourselves, because nobody knew whether the first write had been kept: where it is there already, that is no
   * copy of the sender's.
   */
  readonly isHandOver?: boolean
  /** It was acted on elsewhere, long ago: it is stored as processed, and nothing is ever sent because of it. */
  readonly isHistory?: boolean
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
  /** Messages of before whose suspect fixes are believed now. */
  readonly confirmedIds: readonly number[]
}

/** What became of one item: stored, or a copy of one already there, or not storable at all. */
export type StoreOutcome =
  | { readonly status: 'stored'; readonly stored: StoredMessage }
  | { readonly status: 'duplicate'; readonly messageId: number }
  | { readonly status: 'failed'; readonly error: unknown }
