import type { DeliveryLane } from '@paikea/database'
import type { FinalDeliveryState } from '@paikea/domain'
import type { TargetWords } from '../targets/target.ts'
import { failureWords } from './failure-words.ts'

/** The outcome of a send to any kind of service, in the form of the vendor client's `SendResult`, with the response. */
export type SendOutcome = SendEnd & {
  /** HTTP status, if there was one. */
  readonly status?: number
  /** The part of the response that was read; contains no secrets. */
  readonly answer?: string
}

type SendEnd =
  | { readonly outcome: 'sent'; readonly id: string | null }
  | {
      readonly outcome: 'rejected'
      readonly fault: 'configuration'
      readonly reason: string
      readonly code: number | null
      readonly text: string
    }
  | {
      readonly outcome: 'rejected'
      readonly fault: 'message'
      readonly reason: string
      readonly code: number | null
      readonly text: string
    }
  | { readonly outcome: 'try-later'; readonly reason: string; readonly retryAfterMs: number | null }
  | { readonly outcome: 'unknown'; readonly reason: string }

/** The recorded end of an attempt, for its row and the delivery's. JSON-safe: it may be part of a workflow history. */
export interface AttemptRecord {
  readonly outboundId: number
  readonly attempt: number
  /** Milliseconds since 1970. */
  readonly finishedAtMs: number
  readonly outcome: 'sent' | 'parked' | 'failed' | 'try-later' | 'unknown'
  readonly state: 'sent' | 'parked' | 'failed' | 'queued' | 'unknown'
  readonly reasonCode: string | null
  readonly reasonDetail: string | null
  readonly vendorId: string | null
  readonly retryAfterMs: number | null
  /** HTTP status or the vendor's code. These three are missing in histories of earlier versions. */
  readonly status?: number | null
  readonly latencyMs?: number | null
  readonly answer?: string | null
  /** The lane that retries it, if that changes. */
  readonly next?: { readonly lane: DeliveryLane; readonly retryAtMs: number | null } | null
  /** What it shows about its endpoint. */
  readonly endpoint?: EndpointFinding | null
  /** Set if it parks the account that pays for this kind of target. */
  readonly account?: { readonly kind: string; readonly reasonCode: string; readonly reasonDetail: string } | null
}

/** What a send shows about its endpoint. JSON-safe. */
export interface EndpointFinding {
  readonly endpointId: number
  readonly isFailing: boolean
  /** Pauses the endpoint; `probes`: whether it is probed for recovery. */
  readonly pause: { readonly reasonCode: string; readonly reasonDetail: string; readonly probes: boolean } | null
}

/** The result of one step of a delivery. Returned by activities, so it is part of workflow histories. */
export type DeliverStep =
  | {
      readonly step: 'finished'
      /** `held`: it waits as a row, behind a paused endpoint or a parked account. */
      readonly state: FinalDeliveryState | 'missing' | 'held'
      readonly vendorId: string | null
      readonly reason: string | null
    }
  | { readonly step: 'wait'; readonly expiresAtMs: number | null }
  | {
      readonly step: 'try-later'
      readonly reason: string
      readonly attempt: number
      readonly retryInMs: number
      readonly expiresAtMs: number | null
    }
  | {
      readonly step: 'parked'
      readonly reason: string
      readonly what: string
      readonly whatToDo: string
      readonly expiresAtMs: number | null
    }
  /** The send ended but could not be recorded: the workflow keeps the answer and retries. */
  | { readonly step: 'unrecorded'; readonly record: AttemptRecord; readonly expiresAtMs: number | null }

/** Length of the column. */
const ANSWER_MAX = 1_000
const DETAIL_MAX = 500
const CODE_MAX = 64

/** Converts the receiver's response into the record to write. */
export function recordOf(
  attempt: {
    readonly outboundId: number
    readonly attempt: number
    readonly finishedAtMs: number
    readonly latencyMs: number
  },
  result: SendOutcome,
  words: TargetWords,
): AttemptRecord {
  const base = { ...attempt, vendorId: null, retryAfterMs: null, ...answerOf(result) }
  switch (result.outcome) {
    case 'sent':
      return {
        ...base,
        outcome: 'sent',
        state: 'sent',
        reasonCode: null,
        reasonDetail: null,
        vendorId: result.id?.slice(0, 64) ?? null,
      }
    case 'rejected':
      return { ...base, ...rejection(result, words) }
    case 'try-later':
      return {
        ...base,
        outcome: 'try-later',
        state: 'queued',
        ...reasonOf(result.reason, failureWords(words.receiver, result.reason)),
        retryAfterMs: result.retryAfterMs,
      }
    case 'unknown':
      return {
        ...base,
        outcome: 'unknown',
        state: 'unknown',
        ...reasonOf(
          result.reason,
          `${failureWords(words.receiver, result.reason)} It may have received the request, so it is not repeated automatically.`,
        ),
      }
  }
}

function answerOf(result: SendOutcome): Pick<AttemptRecord, 'status' | 'answer'> {
  const isRejected = result.outcome === 'rejected'
  const answer = result.answer ?? (isRejected ? result.text : null)
  return {
    status: result.status ?? (isRejected ? result.code : null),
    answer: answer === null || answer === '' ? null : answer.slice(0, ANSWER_MAX),
  }
}

function rejection(
  result: Extract<SendOutcome, { outcome: 'rejected' }>,
  words: TargetWords,
): Pick<AttemptRecord, 'outcome' | 'state' | 'reasonCode' | 'reasonDetail'> {
  const answer = result.code === null ? result.text : `${result.code} ${result.text}`
  if (result.fault === 'message') {
    return {
      outcome: 'failed',
      state: 'failed',
      ...reasonOf(result.reason, `${words.receiver} refused the message: ${answer}`),
    }
  }
  const advice = words.park(result.reason)
  return {
    outcome: 'parked',
    state: 'parked',
    ...reasonOf(result.reason, `${advice.what} ${advice.whatToDo} (${answer})`),
  }
}

function reasonOf(code: string, detail: string): { readonly reasonCode: string; readonly reasonDetail: string } {
  return { reasonCode: code.slice(0, CODE_MAX), reasonDetail: detail.slice(0, DETAIL_MAX) }
}
