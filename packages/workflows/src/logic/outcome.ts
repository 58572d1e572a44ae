import type { FinalOutboundState } from '../contract/mod.ts'
import { isParkReason, parkAdvice } from './park-reasons.ts'
import type { ParkReason } from './park-reasons.ts'

/** How a send ended, in the words of the vendor's client (its `SendResult`, whichever service it was). */
export type SendOutcome =
  | { readonly outcome: 'sent'; readonly id: string }
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

/** An attempt's end as it is written down: for the attempt's row and the delivery's. JSON-safe, it may go through a history. */
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
}

/** What one look at a delivery led to; the answer of the deliver activities, so it stands in histories. */
export type DeliverStep =
  | {
      readonly step: 'finished'
      readonly state: FinalOutboundState | 'missing'
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
  /** The send ended but the database could not be told: the workflow keeps the answer and goes on trying. */
  | { readonly step: 'unrecorded'; readonly record: AttemptRecord; readonly expiresAtMs: number | null }

const detailMax = 500
const codeMax = 64

/** Turns the vendor's answer into what is written down. */
export function recordOf(
  outboundId: number,
  attempt: number,
  result: SendOutcome,
  finishedAtMs: number,
): AttemptRecord {
  const base = { outboundId, attempt, finishedAtMs, vendorId: null, retryAfterMs: null }
  switch (result.outcome) {
    case 'sent':
      return {
        ...base,
        outcome: 'sent',
        state: 'sent',
        reasonCode: null,
        reasonDetail: null,
        vendorId: result.id.slice(0, 64),
      }
    case 'rejected':
      return { ...base, ...rejection(result) }
    case 'try-later':
      return {
        ...base,
        outcome: 'try-later',
        state: 'queued',
        ...reasonOf(result.reason, result.reason),
        retryAfterMs: result.retryAfterMs,
      }
    case 'unknown':
      return {
        ...base,
        outcome: 'unknown',
        state: 'unknown',
        ...reasonOf(
          result.reason,
          `The request may have reached the satellite service (${result.reason}). Never repeated by itself.`,
        ),
      }
  }
}

function rejection(
  result: Extract<SendOutcome, { outcome: 'rejected' }>,
): Pick<AttemptRecord, 'outcome' | 'state' | 'reasonCode' | 'reasonDetail'> {
  const answer = result.code === null ? result.text : `${result.code} ${result.text}`
  if (result.fault === 'message') {
    return {
      outcome: 'failed',
      state: 'failed',
      ...reasonOf(result.reason, `The satellite service refused the message: ${answer}`),
    }
  }
  const advice = parkWords(result.reason)
  return {
    outcome: 'parked',
    state: 'parked',
    ...reasonOf(result.reason, `${advice.what} ${advice.whatToDo} (${answer})`),
  }
}

/** Words for a park reason; one that this version does not know still says what to do. */
export function parkWords(reason: string): { readonly what: string; readonly whatToDo: string } {
  if (isParkReason(reason)) return parkAdvice(reason satisfies ParkReason)
  return {
    what: `The satellite service refused the account or the modem (${reason}).`,
    whatToDo: 'Correct it at the service, then resume; else cancel.',
  }
}

function reasonOf(code: string, detail: string): { readonly reasonCode: string; readonly reasonDetail: string } {
  return { reasonCode: code.slice(0, codeMax), reasonDetail: detail.slice(0, detailMax) }
}
