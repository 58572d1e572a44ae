import type { FaultName, FaultOptions } from './faults.ts'

/** The account the service has. */
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
  /** Those of them without line rental. @default none */
  readonly withoutLineRental?: readonly string[]
  /** Credits on the account; each message takes its share. @default Infinity */
  readonly credits?: number
  /** Number of the first message. @default 1 */
  readonly firstId?: number
  /** Called with each message taken, before the answer: where a simulator writes its journal. */
  readonly onSent?: (message: SentMt | SentText | SentCloudloop) => void | Promise<void>
}

/** A message taken for a modem. */
export interface SentMt {
  /** Told apart by this. */
  readonly kind: 'mt'
  /** As answered. */
  readonly id: string
  /** The modem. */
  readonly imei: string
  /** The bytes. */
  readonly data: Uint8Array
  /** Whether it cleared the queue. */
  readonly flush: boolean
  /** When it was taken. */
  readonly at: Date
}

/** A text taken for a tracker. */
export interface SentText {
  /** Told apart by this. */
  readonly kind: 'text'
  /** As answered. */
  readonly id: string
  /** The device. */
  readonly serial: string
  /** What the person reads. */
  readonly text: string
  /** When it was taken. */
  readonly at: Date
}

/** A message taken by Cloudloop. */
export interface SentCloudloop {
  /** Which of the two services. */
  readonly kind: 'sbd' | 'imt'
  /** As answered. */
  readonly id: string
  /** Cloudloop's id of the device. */
  readonly thing: string
  /** The bytes. */
  readonly data: Uint8Array
  /** IMT only. */
  readonly topic: string | null
  /** When it was taken. */
  readonly at: Date
}

/** The services, the messages they accepted, and their planned faults. */
export interface FakeService {
  /** Stands in for the global `fetch` in a client's options. */
  readonly fetch: typeof fetch
  /** Answers one request; rejects with `ConnectionFault` where no answer comes, and never settles where none ever does. */
  handle(request: Request): Promise<Response>
  /** All messages taken for modems, in order. */
  readonly sent: readonly SentMt[]
  /** All texts taken for trackers, in order. */
  readonly sentTexts: readonly SentText[]
  /** All messages taken by Cloudloop, in order. */
  readonly sentCloudloop: readonly SentCloudloop[]
  /** Requests that reached the service, whatever became of them. */
  readonly requestCount: number
  /** What waits for a modem, oldest first; `flush` clears it. */
  queued(imei: string): readonly SentMt[]
  /** What a modem fetches with its next session. */
  takeNext(imei: string): SentMt | null
  /** Makes the next requests fail; `null` ends it. */
  setFault(fault: FaultName | null, options?: FaultOptions): void
}
