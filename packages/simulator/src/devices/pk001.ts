import type { Fix } from './firmware.ts'
import { printLatitude, printLongitude, printTimeOfDayWithMilliseconds } from './nmea.ts'

/** What a PK001 carries besides the fix; without `batteryVolts` or `status` the field is omitted, as on a handset. */
export interface Pk001Extras {
  /** Bit 0: beacon on. */
  readonly status?: number
  readonly batteryVolts?: number
}

/**
 * The position report of the MicroPython devices. A speed or course that the GPS does not supply prints as Python's
 * `None`.
 */
export function printPk001(fix: Fix, extras: Pk001Extras): string {
  const latitude = printLatitude(fix.latitudeDegrees)
  const longitude = printLongitude(fix.longitudeDegrees)
  const sog = fix.sogKnots.toFixed(1)
  const fields = [
    `lat:${latitude.value}`,
    `NS:${latitude.hemisphere}`,
    `lon:${longitude.value}`,
    `EW:${longitude.hemisphere}`,
    `utc:${printTimeOfDayWithMilliseconds(fix.atMs)}`,
    `sog:${sog}`,
    // A stationary GPS has no course.
    `cog:${sog === '0.0' ? 'None' : Math.round(fix.cogDegrees) % 360}`,
  ]
  if (extras.status !== undefined) fields.push(`sta:${extras.status.toString(16).toUpperCase().padStart(2, '0')}`)
  if (extras.batteryVolts !== undefined) fields.push(`batt:${extras.batteryVolts.toFixed(1)}`)
  return `PK001;${fields.join(',')}`
}
