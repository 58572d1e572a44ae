/**
 * States of a firmware release: `fetching` = its files come in (or a fetch is repeated), `parked` = someone has to mend
 * something first, `ready` = devices can be served from it, `failed` = this commit cannot become one, `duplicate` = its
 * commit is another release already.
 */
export const RELEASE_STATES = ['fetching', 'parked', 'ready', 'failed', 'duplicate', 'cancelled'] as const
export type ReleaseState = (typeof RELEASE_STATES)[number]

/**
 * States of an upgrade in which the device is still to be served: `prepared` = it has not asked yet, `offered` = it asked
 * and holds the job, `downloading` = it fetches files.
 */
export const OPEN_UPGRADE_STATES = ['prepared', 'offered', 'downloading'] as const

/** Every state of an upgrade. `installed` = the device said so and restarts, `succeeded` = it was seen since. */
export const UPGRADE_STATES = [
  ...OPEN_UPGRADE_STATES,
  'installed',
  'succeeded',
  'failed',
  'timed-out',
  'cancelled',
] as const
export type UpgradeState = (typeof UPGRADE_STATES)[number]

/** States of a roll-out: `waiting` = someone has to let the next stage begin. */
export const ROLLOUT_STATES = ['running', 'waiting', 'paused', 'done', 'cancelled'] as const
export type RolloutState = (typeof ROLLOUT_STATES)[number]
