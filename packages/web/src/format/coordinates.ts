import { formatLatitude, formatLongitude } from './position.ts'

/** Degrees and decimal minutes, degrees minutes seconds, or decimal degrees. */
export type CoordinateFormat = 'ddm' | 'dms' | 'decimal'

/** A position on one line, ready to copy: `37°49.507′ N 122°16.602′ W`. */
export function formatCoordinates(latitude: number, longitude: number, format: CoordinateFormat): string {
  return coordinateParts(latitude, longitude, format).join(' ')
}

/** Its two halves, which a narrow column stacks. */
export function coordinateParts(
  latitude: number,
  longitude: number,
  format: CoordinateFormat,
): readonly [string, string] {
  switch (format) {
    case 'ddm':
      return [formatLatitude(latitude), formatLongitude(longitude)]
    case 'dms':
      return [dms(latitude, 2, latitude < 0 ? 'S' : 'N'), dms(longitude, 3, longitude < 0 ? 'W' : 'E')]
    case 'decimal':
      return [`${latitude.toFixed(5)},`, longitude.toFixed(5)]
  }
}

function dms(degrees: number, digits: number, hemisphere: string): string {
  // Rounded as a whole, so that 59.96″ becomes the next minute rather than 60.0″.
  const tenths = Math.round(Math.abs(degrees) * 36_000)
  const whole = Math.floor(tenths / 36_000)
  const minutes = Math.floor((tenths - whole * 36_000) / 600)
  const seconds = (tenths - whole * 36_000 - minutes * 600) / 10
  return `${String(whole).padStart(digits, '0')}°${String(minutes).padStart(2, '0')}′${seconds.toFixed(1).padStart(4, '0')}″ ${hemisphere}`
}

/** One waypoint for a chart plotter, named after the device and shortened to what plotters keep. */
export function writeGpxPoint(point: {
  readonly iam: string
  readonly at: string
  readonly latitude: number
  readonly longitude: number
}): string {
  const name = escapeXml(point.iam.slice(-6))
  return `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Paikea" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="${String(point.latitude)}" lon="${String(point.longitude)}"><time>${point.at}</time><name>${name}</name><desc>${escapeXml(point.iam)}</desc><fix>3d</fix></wpt>
</gpx>
`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
