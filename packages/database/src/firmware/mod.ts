/** Named queries about firmware: releases, upgrade jobs, roll-outs. */
export * from './device-firmware.ts'
export * from './release-contents.ts'
export * from './releases.ts'
export * from './rollouts.ts'
export * from './undispatched.ts'
export * from './upgrade-jobs.ts'
