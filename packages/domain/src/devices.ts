/** Kinds of device: a Scout buoy, a handset, one of the vendor's RockSTAR trackers. */
export const DEVICE_KINDS = ['buoy', 'handset', 'rockstar'] as const
export type DeviceKind = (typeof DEVICE_KINDS)[number]

/** Firmware generation, which determines how commands are written. */
export const DEVICE_GENERATIONS = ['v2', 'v3'] as const
export type DeviceGeneration = (typeof DEVICE_GENERATIONS)[number]
