/**
 * Turns a commit of the firmware repository into a release that can be served to devices. No HTTP server, no database.
 */
export { BlobDamagedError, openBlobStore, type BlobStore } from './blobs/blob-store.ts'
export { FirmwareError, type ContentProblem, type FailureCode, type Reaction } from './failure.ts'
export type { AdvertisedRef } from './fetch/advertisement.ts'
export { isRefName } from './fetch/resolve-ref.ts'
export { describeSource, parseSource, type Source } from './fetch/source.ts'
export { DEFAULT_LIMITS, type FirmwareLimits } from './limits.ts'
export type { Manifest, ManifestFile } from './manifest/entry.ts'
export {
  commitsOf,
  lookUpRef,
  makeRelease,
  type FetchedRelease,
  type LookedUpRef,
  type ReleaseProgress,
  type ReleaseWork,
} from './release/make-release.ts'
export type { RepositorySettings } from './release/open-session.ts'
export {
  countFailures,
  decideRollout,
  describeWait,
  type RolloutDevice,
  type RolloutFacts,
  type RolloutStep,
  type Wait,
} from './rollout/decide-rollout.ts'
export { compareReleases, type ReleaseChanges } from './upgrade/changes.ts'
export { decideLook, type JobFacts, type LookOutcome } from './upgrade/decide-look.ts'
export { flashFull, reasonFor, type JobReason, type JobReasonCode } from './upgrade/reasons.ts'
export { createSeenFiles, readSeenFiles, type SeenFiles } from './upgrade/seen-files.ts'
export type { DeviceLinks, DeviceLinkState, SendOutcome } from './upgrade/device-links.ts'
export type { TagSignature } from './release/verify-tag.ts'
