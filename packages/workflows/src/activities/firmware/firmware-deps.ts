import type { Database } from '@paikea/database'
import type { Clock, Log } from '@paikea/domain'
import type { BlobStore, DeviceLinks, FirmwareLimits, RepositorySettings, SendOutcome } from '@paikea/firmware'

/** What firmware activities need from outside. */
export interface FirmwareDeps {
  readonly db: Database
  readonly log: Log
  readonly settings: RepositorySettings
  readonly blobs: BlobStore
  readonly links: DeviceLinks
  readonly limits?: Partial<FirmwareLimits>
  /** Clock for roll-outs. @default the system's */
  readonly clock?: Clock
  /** Called after a commit that created or changed jobs. */
  readonly onJobs?: (jobs: readonly { readonly id: number }[]) => void
  /** Called after a commit that advanced a release. */
  readonly onRelease?: (releaseId: number) => void
  /** Pauses between attempts, in milliseconds: the first and the longest. @default 5 s to 10 min */
  readonly retryPauses?: { readonly firstMs: number; readonly longestMs: number }
}

/** The outcome of one attempt to fetch. */
export type ReleaseStep =
  | {
      readonly step: 'over'
      readonly state: 'ready' | 'duplicate' | 'cancelled' | 'missing'
      readonly commit: string | null
      readonly files: number | null
      readonly bytes: number | null
    }
  | { readonly step: 'failed'; readonly code: string; readonly detail: string }
  | { readonly step: 'parked'; readonly reason: string; readonly what: string; readonly whatToDo: string }

/** The outcome of one look at an upgrade. */
export type UpgradeStep =
  | { readonly step: 'over'; readonly state: string }
  | {
      readonly step: 'wait'
      readonly state: string
      readonly forMs: number
      readonly restart: boolean
      /** Set when someone has to act at the device. */
      readonly needs: { readonly reason: string; readonly what: string; readonly whatToDo: string } | null
    }

/** The outcome of one look at a roll-out. */
export type RolloutLook =
  | { readonly step: 'over'; readonly state: string }
  | {
      readonly step: 'wait'
      readonly forMs: number
      readonly needs: { readonly reason: string; readonly what: string; readonly whatToDo: string } | null
    }

/** The firmware activities that workflows may call. */
export interface FirmwareActivities {
  /**
   * Builds a release from its ref: fetches, checks, stores; reports progress by heartbeat. Retried on transient errors.
   */
  fetchRelease(releaseId: number): Promise<ReleaseStep>
  /** Looks at an upgrade and records the result. */
  lookAtUpgrade(jobId: number): Promise<UpgradeStep>
  /** Sends a device into its updater over its live link. */
  sendIntoUpdater(jobId: number): Promise<SendOutcome | 'missing'>
  /** Advances a roll-out as far as it can go now. */
  advanceRollout(rolloutId: number): Promise<RolloutLook>
}
