import type { Fix, Surroundings } from '../firmware.ts'
import { printLatitude, printLongitude, printTimeOfDay } from '../nmea.ts'
import type { BuoyV3State } from './state.ts'

/**
 * The PK101 a v3 buoy sends. Without a fix, latitude and longitude are 999 and the time is the device's own clock. A
 * change that waits for its reply is reported as if in force: that is the reply.
 */
export function printPk101(
  state: BuoyV3State,
  fix: Fix | null,
  { batteryVolts, stampMs }: Pick<Surroundings, 'batteryVolts' | 'stampMs'>,
): string {
  // The device computes in 32-bit floats: this loses about a metre.
  const latitude = printLatitude(Math.fround(fix?.latitudeDegrees ?? 999))
  const longitude = printLongitude(Math.fround(fix?.longitudeDegrees ?? 999))
  const isClockSet = state.clockBehindMs === 0
  const utc = printTimeOfDay(fix?.atMs ?? (isClockSet ? stampMs : state.readAtMs - state.clockBehindMs))
  const intervalMinutes = state.change?.intervalMinutes ?? state.intervalMinutes
  const sleepMinutes = Math.floor((state.change?.sleepSeconds ?? 0) / 60)
  return [
    `PK101;lat:${latitude.value}`,
    `NS:${latitude.hemisphere}`,
    `lon:${longitude.value}`,
    `EW:${longitude.hemisphere}`,
    `utc:${utc}`,
    `batt:${batteryVolts.toFixed(1)}`,
    `int:${intervalMinutes}`,
    `sl:${sleepMinutes}`,
    `st:${state.reason}`,
  ].join(',')
}
