import type { MessageState } from '@paikea/domain'
import type { Problem } from '../problems.ts'
import type { NewMessageFacts } from '../tables/inbound-messages.ts'
import type { NewReport } from '../tables/reports.ts'

export type { NewReport }

/** A message that was admitted and decoded as far as possible: the input of `storeBatch`. */
export interface NewInbound extends NewMessageFacts {
  readonly state: Exclude<MessageState, 'processed'>
  /**
   * The payload is its only content: the same payload under the same MOMSN is the same message. A tracker's message
   * contains more, and several share a number.
   */
  readonly isKnownByPayload: boolean
  /** The report's fix was sent as a time of day; its date is inferred from the transmission. */
  readonly isDatedByDay: boolean
  /** Only with an IMEI: a report belongs to a modem. */
  readonly report: NewReport | null
  /**
   * We hand it in again because it was unknown whether the first write succeeded: if it exists, that is not a copy by
   * the sender.
   */
  readonly isHandOver?: boolean
  /** It was processed elsewhere, long ago: it is stored as processed, and never causes a send. */
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

/** A new message as stored, with what is needed to show and process it. */
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
  /** Earlier messages whose suspect fixes become trusted. */
  readonly confirmedIds: readonly number[]
}

/** The outcome of one item: stored, a copy of an existing one, or not storable at all. */
export type StoreOutcome =
  | { readonly status: 'stored'; readonly stored: StoredMessage }
  | { readonly status: 'duplicate'; readonly messageId: number }
  | { readonly status: 'failed'; readonly error: unknown }
