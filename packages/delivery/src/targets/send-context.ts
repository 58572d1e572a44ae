import type { SendOutcome } from '../send/outcome.ts'
import type { SqsSettings } from './sqs/send-to-queue.ts'
import { createReach, type Reach } from './webhook/reach.ts'

/** Sends to a modem; `RockBlockClient` is one. */
export interface ModemSender {
  sendMt(message: { readonly imei: string; readonly data: Uint8Array }): Promise<SendOutcome>
  /** Asks whether the log-in is right; costs nothing. */
  checkCredentials?(): Promise<{ readonly credentials: 'right' | 'wrong' | 'not-checked' }>
}

/** Sends to a RockSTAR; `RockStarClient` is one. */
export interface RockStarSender {
  sendMessage(message: { readonly serial: string; readonly text: string }): Promise<SendOutcome>
}

/** What the processes that send are configured with. */
export interface SendSettings {
  /** `null` = no account configured. */
  readonly modemSender: ModemSender | null
  readonly rockStarSender: RockStarSender | null
  /** Which addresses webhooks may reach. @default no private ones */
  readonly reach?: Reach | undefined
  /** @default AWS itself */
  readonly sqs?: SqsSettings | undefined
  /** For the whole exchange with a webhook's receiver. @default 10000 */
  readonly webhookTimeoutMs?: number | undefined
}

/** The settings with their defaults. */
export interface SendContext extends SendSettings {
  readonly reach: Reach
  readonly sqs: SqsSettings
}

/** Fills in the defaults. */
export function sendContext(settings: SendSettings): SendContext {
  const { reach = createReach([]), sqs = { endpoint: null, region: null, credentials: null } } = settings
  return { ...settings, reach, sqs }
}
