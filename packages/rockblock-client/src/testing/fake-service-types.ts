import type { FaultName, FaultOptions } from './faults.ts'

/** The fake service's account. */
export interface FakeServiceOptions {
  /**
   * Of RockBLOCK and SendMessage.
   * @default 'user'
   */
  readonly username?: string
  /**
   * Of RockBLOCK and SendMessage.
   * @default 'password'
   */
  readonly password?: string
  /** Cloudloop's. @default 'token' */
  readonly token?: string
  /** Modems on the account. @default every IMEI of 15 digits that is not all zeros */
  readonly imeis?: readonly string[]
  /** Those without line rental. @default none */
  readonly withoutLineRental?: readonly string[]
  /** Credits on the account; each message uses some. @default Infinity */
  readonly credits?: number
  /** Number of the first message. @default 1 */
  readonly firstId?: number
  /** Called with each accepted message, before the response: where a simulator writes its journal. */
  readonly onSent?: (message: SentMt | SentText | SentCloudloop) => void | Promise<void>
}

/** A message accepted for a modem. */
export interface SentMt {
  /** Discriminates the kinds. */
  readonly kind: 'mt'
  /** The id in the response. */
  readonly id: string
  /** The modem. */
  readonly imei: string
  /** The bytes. */
  readonly data: Uint8Array
  /** Whether it cleared the queue. */
  readonly flush: boolean
  /** When it was accepted. */
  readonly at: Date
}

/** A text accepted for a tracker. */
export interface SentText {
  /** Discriminates the kinds. */
  readonly kind: 'text'
  /** The id in the response. */
  readonly id: string
  /** The device. */
  readonly serial: string
  /** The text that the user reads. */
  readonly text: string
  /** When it was accepted. */
  readonly at: Date
}

/** A message accepted by Cloudloop. */
export interface SentCloudloop {
  /** Which of the two services. */
  readonly kind: 'sbd' | 'imt'
  /** The id in the response. */
  readonly id: string
  /** Cloudloop's id of the device. */
  readonly thing: string
  /** The bytes. */
  readonly data: Uint8Array
  /** IMT only. */
  readonly topic: string | null
  /** When it was accepted. */
  readonly at: Date
}

/** The services, the messages they accepted, and their planned faults. */
export interface FakeService {
  /** Replaces the global `fetch` in a client's options. */
  readonly fetch: typeof fetch
  /**
   * Handles one request; rejects with `ConnectionFault` if there is no response, and never settles if none will ever
   * come.
   */
  handle(request: Request): Promise<Response>
  /** All messages accepted for modems, in order. */
  readonly sent: readonly SentMt[]
  /** All texts accepted for trackers, in order. */
  readonly sentTexts: readonly SentText[]
  /** All messages accepted by Cloudloop, in order. */
  readonly sentCloudloop: readonly SentCloudloop[]
  /** Requests that reached the service, whatever their outcome. */
  readonly requestCount: number
  /** Messages waiting for a modem, oldest first; `flush` clears them. */
  queued(imei: string): readonly SentMt[]
  /** Takes the message that a modem fetches in its next session. */
  takeNext(imei: string): SentMt | null
  /** Makes the next requests fail; `null` stops that. */
  setFault(fault: FaultName | null, options?: FaultOptions): void
}
