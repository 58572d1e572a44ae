import type { SendOutcome } from '../send/outcome.ts'
import type { SqsSettings } from './sqs/send-to-queue.ts'
import { createReach, type Reach } from './webhook/reach.ts'

/** Sends to a modem, as `RockBlockClient` does. */
export interface ModemSender {
  sendMt(message: { readonly imei: string; readonly data: Uint8Array }): Promise<SendOutcome>
  /** Checks the credentials at no cost. */
  checkCredentials?(): Promise<{ readonly credentials: 'right' | 'wrong' | 'not-checked' }>
}

/** Sends to a RockSTAR, as `RockStarClient` does. */
export interface RockStarSender {
  sendMessage(message: { readonly serial: string; readonly text: string }): Promise<SendOutcome>
}

/** Configuration of the processes that send. */
export interface SendSettings {
  /** `null` = no account configured. */
  readonly modemSender: ModemSender | null
  readonly rockStarSender: RockStarSender | null
  /** Addresses that webhooks may reach. @default no private ones */
  readonly reach?: Reach | undefined
  /** @default AWS itself */
  readonly sqs?: SqsSettings | undefined
  /** Time limit for the whole exchange with a webhook's receiver. @default 10000 */
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
