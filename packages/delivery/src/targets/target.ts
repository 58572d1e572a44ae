import type { Subject } from '../plan/subject.ts'
import type { SendOutcome } from '../send/outcome.ts'

/** Where a route leads, as its row has it. */
export interface TargetAddress {
  readonly kind: string
  readonly modemId: number | null
  readonly imei: string | null
  readonly serial: string | null
  /** Firmware of the device that holds the modem now; `null` = nobody told us. */
  readonly generation: 'v2' | 'v3' | null
}

/** A message as far as a target's text depends on it. */
export interface MessageToFormat {
  /** `PK001`, …; `null` for what a vendor's own tracker sends. */
  readonly messageType: string | null
  readonly subject: Subject
}

/** A text to send, or why there is none. */
export type Formatted = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string }

/** A delivery that is about to leave. */
export interface DeliveryToSend {
  readonly outboundId: number
  readonly imei: string | null
  readonly serial: string | null
  readonly text: string
  readonly payload: Uint8Array
}

/** Hands one delivery over. Resolves for everything the other side and the network can do. */
export type Send = (delivery: DeliveryToSend) => Promise<SendOutcome>

/** What a person reads about a parked delivery. */
export interface ParkAdvice {
  readonly what: string
  readonly whatToDo: string
}

/** How a kind of target speaks to people. */
export interface TargetWords {
  /** Who takes the deliveries, at the start of a sentence: `The satellite service`. */
  readonly receiver: string
  /** Plain words for a reason it parks for; also for one that this version does not know. */
  park(reason: string): ParkAdvice
}

/** What the processes that send were configured with. */
export interface SendContext {
  /** `null` = no account configured. */
  readonly modemSender: ModemSender | null
  readonly rockStarSender: RockStarSender | null
}

/** Sends to a modem; `RockBlockClient` is one. */
export interface ModemSender {
  sendMt(message: { readonly imei: string; readonly data: Uint8Array }): Promise<SendOutcome>
}

/** Sends to a RockSTAR; `RockStarClient` is one. */
export interface RockStarSender {
  sendMessage(message: { readonly serial: string; readonly text: string }): Promise<SendOutcome>
}

/** A kind of target: all that the rest of the house needs to know about it. One folder and one line in the registry each. */
export interface Target {
  readonly kind: string
  /** What deliveries to this address queue up behind: equal keys leave one after the other. `null` = the address is not complete. */
  keyOf(address: TargetAddress): string | null
  /** Puts a message into the words the target understands; a combination that has none is a reason, never an error. */
  format(message: MessageToFormat, address: TargetAddress): Formatted
  /** Price of a payload in credits. */
  creditsFor(payload: Uint8Array): number
  readonly words: TargetWords
  createSend(context: SendContext): Send
}

/** The outcome where nothing is configured to send with. */
export const NOT_CONFIGURED: SendOutcome = {
  outcome: 'rejected',
  fault: 'configuration',
  reason: 'not-configured',
  code: null,
  text: 'no account',
}
