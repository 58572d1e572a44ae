import { id, no, now, orNull, text, time, withDefault, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** `parked`: the service refuses everything sent to it, until someone fixes the credentials or buys credits. */
export const VENDOR_ACCOUNT_STATES = ['active', 'parked'] as const
export type VendorAccountState = (typeof VENDOR_ACCOUNT_STATES)[number]

/** Our account at a service: like an endpoint, it has its own state. Without a row it is active. */
export const VENDOR_ACCOUNTS = table('vendor_accounts', {
  id,
  /** The target kind that it pays for. */
  kind: text(16),
  state: withDefault(word(VENDOR_ACCOUNT_STATES, 16), 'active'),
  reasonCode: orNull(text(64)),
  reasonDetail: orNull(text(500)),
  stateChangedAt: now,
  /** Deliveries may be waiting behind it; whatever restores their workflows clears this. */
  draining: no,
  /** When the service is next probed. */
  probeAt: orNull(time),
  workflowId: orNull(text(200)),
  workflowStartedAt: orNull(time),
})

export type VendorAccount = ModelOf<typeof VENDOR_ACCOUNTS>
