/** Targets reached through the satellite vendor: each send costs credits, and there is no client reference. */
export const SATELLITE_TARGET_KINDS = ['modem', 'rockstar'] as const
export type SatelliteTargetKind = (typeof SATELLITE_TARGET_KINDS)[number]

/** Targets that are programs: a queue or a web address. */
export const PROGRAM_TARGET_KINDS = ['sqs', 'webhook'] as const
export type ProgramTargetKind = (typeof PROGRAM_TARGET_KINDS)[number]

/** Where a delivery can go. */
export const TARGET_KINDS = [...SATELLITE_TARGET_KINDS, ...PROGRAM_TARGET_KINDS] as const
export type TargetKind = SatelliteTargetKind | ProgramTargetKind
