import type { SendOutcome } from '../send/outcome.ts'

/** Sends to a modem; `RockBlockClient` is one. */
export interface ModemSender {
  sendMt(message: { readonly imei: string; readonly data: Uint8Array }): Promise<SendOutcome>
}

/** Sends to a RockSTAR; `RockStarClient` is one. */
export interface RockStarSender {
  sendMessage(message: { readonly serial: string; readonly text: string }): Promise<SendOutcome>
}

/** What the processes that send were configured with. */
export interface SendContext {
  /** `null` = no account configured. */
  readonly modemSender: ModemSender | null
  readonly rockStarSender: RockStarSender | null
}
