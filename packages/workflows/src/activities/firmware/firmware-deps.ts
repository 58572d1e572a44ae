import type { Database } from '@paikea/database'
import type { Clock, Log } from '@paikea/domain'
import type { BlobStore, DeviceLinks, FirmwareLimits, RepositorySettings, SendOutcome } from '@paikea/firmware'

/** What work on firmware needs from outside. */
export interface FirmwareDeps {
  readonly db: Database
  readonly log: Log
  readonly settings: RepositorySettings
  readonly blobs: BlobStore
  readonly links: DeviceLinks
  readonly limits?: Partial<FirmwareLimits>
  /** Of roll-outs. @default the system's */
  readonly clock?: Clock
  /** After a commit: jobs were made or changed. */
  readonly onJobs?: (jobs: readonly { readonly id: number }[]) => void
  /** After a commit: a release went on. */
  readonly onRelease?: (releaseId: number) => void
  /** Pauses between tries, in milliseconds: the first and the longest. @default 5 s to 10 min */
  readonly retryPauses?: { readonly firstMs: number; readonly longestMs: number }
}

/** How a fetch ended, as far as a try goes. */
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

/** What a look at an upgrade came to. */
export type UpgradeStep =
  | { readonly step: 'over'; readonly state: string }
  | {
      readonly step: 'wait'
      readonly state: string
      readonly forMs: number
      readonly restart: boolean
      /** Someone has to do something at the device. */
      readonly needs: { readonly reason: string; readonly what: string; readonly whatToDo: string } | null
    }

/** What a look at a roll-out came to. */
export type RolloutLook =
  | { readonly step: 'over'; readonly state: string }
  | {
      readonly step: 'wait'
      readonly forMs: number
      readonly needs: { readonly reason: string; readonly what: string; readonly whatToDo: string } | null
    }

/** What workflows about firmware may call. */
export interface FirmwareActivities {
  /** Makes a release out of its ref: fetches, checks, keeps; progress by heartbeat. Retried for what passes by itself. */
  fetchRelease(releaseId: number): Promise<ReleaseStep>
  /** Looks at an upgrade and writes down what became of it. */
  lookAtUpgrade(jobId: number): Promise<UpgradeStep>
  /** Sends a device into its updater over its link. */
  sendIntoUpdater(jobId: number): Promise<SendOutcome | 'missing'>
  /** Takes a roll-out as far as it goes now. */
  advanceRollout(rolloutId: number): Promise<RolloutLook>
}
