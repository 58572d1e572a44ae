import { createSegmenter, LINE_FIELDS, type LinePoint } from './segments.ts'
import { isDrawable, type PartOf, type Track, type Tracks } from './track.ts'
import { degrees, isoSeconds, xml } from './xml.ts'

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>Paikea</name>\n'

/** Fields of a fix it writes. */
export const KML_FIELDS = [...LINE_FIELDS, 'quality'] as const
type Field = (typeof KML_FIELDS)[number]

/**
 * Tracks as KML 2.2: one `gx:MultiTrack` per device and one `gx:Track` per segment, which keeps times, gaps and the
 * date line. Doubtful fixes are left out of the line.
 */
export async function* writeKml(tracks: Tracks<Field>): AsyncGenerator<string> {
  yield HEAD
  for await (const track of tracks) yield* writeTrack(track)
  yield '</Document></kml>\n'
}

async function* writeTrack(track: Track<Field>): AsyncGenerator<string> {
  const words = track.label === null ? '' : `<description>${xml(track.label)}</description>`
  yield `<Placemark><name>${xml(track.iam)}</name>${words}<gx:MultiTrack><gx:interpolate>0</gx:interpolate>\n`
  // A gx:Track lists all times before all coordinates.
  let segment: LinePoint[] = []
  let text = ''
  const draw = createSegmenter<PartOf<Field>>({
    point: (point) => void segment.push(point),
    lift() {
      text += segmentOf(segment)
      segment = []
    },
  })
  for await (const page of track.fixes) {
    text = ''
    for (const fix of page) if (isDrawable(fix)) draw(fix)
    if (text !== '') yield text
  }
  yield `${segmentOf(segment)}</gx:MultiTrack></Placemark>\n`
}

function segmentOf(points: readonly LinePoint[]): string {
  if (points.length === 0) return ''
  const times = points.map(({ at }) => `<when>${isoSeconds(at)}</when>`).join('')
  const places = points
    .map((point) => `<gx:coord>${degrees(point.longitudeDegrees)} ${degrees(point.latitudeDegrees)} 0</gx:coord>`)
    .join('')
  return `<gx:Track>${times}\n${places}</gx:Track>\n`
}
