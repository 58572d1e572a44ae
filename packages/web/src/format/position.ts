/** Degrees and decimal minutes, as on a chart: `37°49.507′ N`. */
export function formatLatitude(degrees: number): string {
  return formatAngle(degrees, 2, degrees < 0 ? 'S' : 'N')
}

/** Degrees and decimal minutes, as on a chart: `122°16.602′ W`. */
export function formatLongitude(degrees: number): string {
  return formatAngle(degrees, 3, degrees < 0 ? 'W' : 'E')
}

function formatAngle(degrees: number, digits: number, hemisphere: string): string {
  // Rounded as a whole, so that 59.9996′ becomes the next degree rather than 60.000′.
  const thousandths = Math.round(Math.abs(degrees) * 60_000)
  const whole = Math.floor(thousandths / 60_000)
  const minutes = (thousandths - whole * 60_000) / 1000
  return `${String(whole).padStart(digits, '0')}°${minutes.toFixed(3).padStart(6, '0')}′ ${hemisphere}`
}
