import type { FinalDeliveryState, ReleaseState, RolloutState, UpgradeState } from '@paikea/domain'
import type { ActResult } from '@paikea/delivery/contract'
import type { Envelope } from '@paikea/intake'

/** Input of `inboundMessage`: a stored row, or the whole delivery while the database is unavailable. */
export type InboundInput =
  | { readonly kind: 'stored'; readonly messageId: number; readonly imei: string | null; readonly iam: string | null }
  | {
      readonly kind: 'envelope'
      readonly envelope: Envelope
      readonly key: string
      /** If known without the database; for searching in Temporal's UI. */
      readonly imei?: string | null
      readonly iam?: string | null
    }

/** Input of `outboundMessage`. `imei` and `iam` name the target for searching in Temporal's UI. */
export interface OutboundInput {
  readonly outboundId: number
  readonly imei: string | null
  readonly iam: string | null
  /** The text, for readers of the UI; what is sent comes from the database row. */
  readonly text: string
  /** `programs`: later attempts use their own task queue. Absent in old histories. */
  readonly queue?: 'programs'
}

/** Input of `endpointProbe`. */
export interface EndpointInput {
  readonly endpointId: number
}

/** Input of `recoveryMode`. */
export interface RecoveryInput {
  readonly recoveryId: number
  /** For readers of Temporal's UI. */
  readonly iam: string
}

/** Result of `recoveryMode`. */
export interface RecoveryResult {
  readonly recoveryId: number
  readonly reason: string
  /** The message that restores the interval. */
  readonly outboundId: number | null
}

/** Input of `accountProbe`. */
export interface AccountInput {
  /** The target kind that the account pays for. */
  readonly kind: string
}

/** Result of `accountProbe`, as shown in Temporal's UI. */
export interface AccountResult {
  readonly kind: string
  readonly why: 'drained' | 'needs-operator' | 'gone'
  /** Deliveries that were given workflows again. */
  readonly released: number
}

/** Result of `endpointProbe`, as shown in Temporal's UI. */
export interface EndpointResult {
  readonly endpointId: number
  readonly why: 'drained' | 'needs-operator' | 'gone'
  /** Deliveries drained from its backlog. */
  readonly sent: number
}

/** Result of `inboundMessage`, as shown in Temporal's UI. */
export interface InboundResult extends Omit<ActResult, 'messageId' | 'state'> {
  readonly messageId: number | null
  readonly state: ActResult['state'] | 'refused'
}

/** Result of `outboundMessage`, as shown in Temporal's UI. */
export interface OutboundResult {
  readonly outboundId: number
  /** `held`: its endpoint is paused or its account parked, and it waits in the database. */
  readonly state: FinalDeliveryState | 'missing' | 'held'
  readonly vendorId: string | null
  readonly reason: string | null
}

/** Input of `firmwareRelease`. */
export interface FirmwareReleaseInput {
  readonly releaseId: number
  /** For readers of Temporal's UI. */
  readonly ref: string
}

/** Result of `firmwareRelease`. */
export interface FirmwareReleaseResult {
  readonly releaseId: number
  readonly state: ReleaseState | 'missing'
  readonly commit: string | null
  readonly files: number | null
  readonly bytes: number | null
}

/** Input of `deviceUpgrade`. */
export interface DeviceUpgradeInput {
  readonly jobId: number
  /** For readers of Temporal's UI. */
  readonly iam: string | null
}

/** Result of `deviceUpgrade`. */
export interface DeviceUpgradeResult {
  readonly jobId: number
  readonly state: UpgradeState | 'missing'
}

/** Input of `rollOut`. */
export interface RollOutInput {
  readonly rolloutId: number
}

/** Result of `rollOut`. */
export interface RollOutResult {
  readonly rolloutId: number
  readonly state: RolloutState | 'missing'
}
