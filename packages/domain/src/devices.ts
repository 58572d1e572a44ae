/** What floats or is carried: a Scout buoy, a handset, a RockSTAR tracker of the vendor's. */
export const DEVICE_KINDS = ['buoy', 'handset', 'rockstar'] as const
export type DeviceKind = (typeof DEVICE_KINDS)[number]

/** Firmware generation, which decides how commands are written. */
export const DEVICE_GENERATIONS = ['v2', 'v3'] as const
export type DeviceGeneration = (typeof DEVICE_GENERATIONS)[number]
