/** Numbers as the devices print them: `[D]DDMM.mmmm`, degrees not zero-padded, the sign only in the letter. */

/** A coordinate as the devices write it, with its hemisphere. */
export interface PrintedCoordinate {
  readonly value: string
  readonly hemisphere: string
}

/** Latitude as degrees and decimal minutes, with N or S. */
export function printLatitude(degrees: number): PrintedCoordinate {
  return { value: printDegreesMinutes(degrees), hemisphere: degrees >= 0 ? 'N' : 'S' }
}

/** Longitude as degrees and decimal minutes, with E or W. */
export function printLongitude(degrees: number): PrintedCoordinate {
  return { value: printDegreesMinutes(degrees), hemisphere: degrees >= 0 ? 'E' : 'W' }
}

function printDegreesMinutes(degrees: number): string {
  const size = Math.abs(degrees)
  const whole = Math.floor(size)
  // 7 characters, as `%07.4f` formats them; 59.99996 becomes `60.0000` on the devices too.
  return `${whole}${((size - whole) * 60).toFixed(4).padStart(7, '0')}`
}

/** Time of day `HHMMSS` of a clock that shows `clockMs`. */
export function printTimeOfDay(clockMs: number): string {
  return new Date(clockMs).toISOString().slice(11, 19).replaceAll(':', '')
}

/** Time of day `HHMMSS.mmm`. */
export function printTimeOfDayWithMilliseconds(clockMs: number): string {
  return new Date(clockMs).toISOString().slice(11, 23).replaceAll(':', '')
}
