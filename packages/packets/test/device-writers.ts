/** Packets as the devices print them, written from the protocol and not from the decoders. */

/** Degrees, not padded, and minutes with four decimals. */
export interface Angle {
  readonly degrees: number
  /** Ten-thousandths of a minute, 0..599,999. */
  readonly units: number
}

/** The angle on the wire: `8` and `120` (0.0120 minutes) give `800.0120`. */
export function printAngle({ degrees, units }: Angle): string {
  return `${degrees}${String(Math.floor(units / 10_000)).padStart(2, '0')}.${String(units % 10_000).padStart(4, '0')}`
}

/** The time of day on the wire, with the fraction of firmware v2. */
export function printTime(millisecondsOfDay: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  const seconds = millisecondsOfDay / 1000
  const time = `${two(seconds / 3600)}${two((seconds / 60) % 60)}${two(seconds % 60)}`
  return `${time}.${String(millisecondsOfDay % 1000).padStart(3, '0')}`
}
