import type { FinalDeliveryState, ReleaseState, RolloutState, UpgradeState } from '@paikea/domain'
import type { ActResult } from '@paikea/delivery/contract'
import type { Envelope } from '@paikea/intake'

/** What `inboundMessage` starts with: a row that is stored already, or the whole delivery while the database is away. */
export type InboundInput =
  | { readonly kind: 'stored'; readonly messageId: number; readonly imei: string | null; readonly iam: string | null }
  | {
      readonly kind: 'envelope'
      readonly envelope: Envelope
      readonly key: string
      /** As far as known without the database: for the search in Temporal's UI. */
      readonly imei?: string | null
      readonly iam?: string | null
    }

/** What `outboundMessage` starts with. `imei` and `iam` name the target for the search in Temporal's UI. */
export interface OutboundInput {
  readonly outboundId: number
  readonly imei: string | null
  readonly iam: string | null
  /** The text to be sent, for the reader of the UI; the database row is what is sent. */
  readonly text: string
  /** `programs`: its later tries have a task queue of their own. Histories of before have none. */
  readonly queue?: 'programs'
}

/** What `endpointProbe` starts with. */
export interface EndpointInput {
  readonly endpointId: number
}

/** What `recoveryMode` starts with. */
export interface RecoveryInput {
  readonly recoveryId: number
  /** For the reader of Temporal's UI. */
  readonly iam: string
}

/** How a recovery ended. */
export interface RecoveryResult {
  readonly recoveryId: number
  readonly reason: string
  /** The message that takes the interval back. */
  readonly outboundId: number | null
}

/** What `accountProbe` starts with. */
export interface AccountInput {
  /** Kind of the targets that the account pays for. */
  readonly kind: string
}

/** How the work on an account ended, as shown in Temporal's UI. */
export interface AccountResult {
  readonly kind: string
  readonly why: 'drained' | 'needs-operator' | 'gone'
  /** Deliveries that got their workflows back. */
  readonly released: number
}

/** How the work on an endpoint ended, as shown in Temporal's UI. */
export interface EndpointResult {
  readonly endpointId: number
  readonly why: 'drained' | 'needs-operator' | 'gone'
  /** Deliveries that were sent from behind it. */
  readonly sent: number
}

/** How a message in ended, as shown in Temporal's UI. */
export interface InboundResult extends Omit<ActResult, 'messageId' | 'state'> {
  readonly messageId: number | null
  readonly state: ActResult['state'] | 'refused'
}

/** How a message out ended, as shown in Temporal's UI. */
export interface OutboundResult {
  readonly outboundId: number
  /** `held`: its endpoint is paused or its account parked, and it waits as a row. */
  readonly state: FinalDeliveryState | 'missing' | 'held'
  readonly vendorId: string | null
  readonly reason: string | null
}

/** What `firmwareRelease` starts with. */
export interface FirmwareReleaseInput {
  readonly releaseId: number
  /** For the reader of Temporal's UI. */
  readonly ref: string
}

/** How a release ended. */
export interface FirmwareReleaseResult {
  readonly releaseId: number
  readonly state: ReleaseState | 'missing'
  readonly commit: string | null
  readonly files: number | null
  readonly bytes: number | null
}

/** What `deviceUpgrade` starts with. */
export interface DeviceUpgradeInput {
  readonly jobId: number
  /** For the reader of Temporal's UI. */
  readonly iam: string | null
}

/** How an upgrade ended. */
export interface DeviceUpgradeResult {
  readonly jobId: number
  readonly state: UpgradeState | 'missing'
}

/** What `rollOut` starts with. */
export interface RollOutInput {
  readonly rolloutId: number
}

/** How a roll-out ended. */
export interface RollOutResult {
  readonly rolloutId: number
  readonly state: RolloutState | 'missing'
}
