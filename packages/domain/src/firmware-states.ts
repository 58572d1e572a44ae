/**
 * States of a firmware release: `fetching`: its files are being fetched (or the fetch is retried); `parked`: someone
 * has to fix something first; `ready`: it can be served to devices; `failed`: this commit cannot become a release;
 * `duplicate`: its commit already is another release.
 */
export const RELEASE_STATES = ['fetching', 'parked', 'ready', 'failed', 'duplicate', 'cancelled'] as const
export type ReleaseState = (typeof RELEASE_STATES)[number]

/**
 * States of an upgrade in which the device is still to be served: `prepared`: it has not asked yet; `offered`: it asked
 * and holds the job; `downloading`: it is fetching files.
 */
export const OPEN_UPGRADE_STATES = ['prepared', 'offered', 'downloading'] as const

/**
 * Every state of an upgrade. `installed`: the device said so and restarts; `succeeded`: it has been heard from since.
 */
export const UPGRADE_STATES = [
  ...OPEN_UPGRADE_STATES,
  'installed',
  'succeeded',
  'failed',
  'timed-out',
  'cancelled',
] as const
export type UpgradeState = (typeof UPGRADE_STATES)[number]

/** States of a roll-out: `waiting`: someone has to approve the next stage. */
export const ROLLOUT_STATES = ['running', 'waiting', 'paused', 'done', 'cancelled'] as const
export type RolloutState = (typeof ROLLOUT_STATES)[number]
