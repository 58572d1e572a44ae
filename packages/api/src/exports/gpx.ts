import { createSegmenter, LINE_FIELDS, type LinePoint } from './segments.ts'
import { isDrawable, type PartOf, type Track, type Tracks } from './track.ts'
import { degrees, isoSeconds, xml } from './xml.ts'

const KNOTS_TO_METRES_PER_SECOND = 1852 / 3600
/**
 * gpsbabel and plotters shorten longer names from the middle and keep trailing digits, which can yield another buoy's
 * name.
 */
const NAME_LENGTH = 6

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<gpx version="1.1" creator="Paikea" xmlns="http://www.topografix.com/GPX/1/1" xmlns:p="urn:x-paikea:gpx:1">\n'

/** Fields of a fix it writes. */
export const GPX_FIELDS = [...LINE_FIELDS, 'quality', 'sogKnots', 'cogDegrees'] as const
type Field = (typeof GPX_FIELDS)[number]

/**
 * Tracks as GPX 1.1. `<name>` is the bare device id; descriptions go to `<desc>`. Speed (m/s) and course are flat
 * elements in our own namespace, which GDAL reads as fields. Doubtful fixes are left out of the line.
 */
export async function* writeGpx(tracks: Tracks<Field>): AsyncGenerator<string> {
  yield HEAD
  for await (const track of tracks) yield* writeTrack(track)
  yield '</gpx>\n'
}

/** One place for a chart plotter, as GPX 1.1 with a single waypoint. */
export function writeGpxPoint(point: {
  readonly iam: string
  readonly at: Date
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  /** A note on it, such as its age. */
  readonly description: string
  /** False for an estimate rather than a GPS fix. */
  readonly isFix: boolean
}): string {
  const { latitudeDegrees, longitudeDegrees } = point
  return (
    `${HEAD}<wpt lat="${degrees(latitudeDegrees)}" lon="${degrees(longitudeDegrees)}"><time>${isoSeconds(point.at)}</time>` +
    `<name>${xml(nameOf(point.iam))}</name><desc>${xml(point.description)}</desc><fix>${point.isFix ? '3d' : 'none'}</fix></wpt>\n</gpx>\n`
  )
}

async function* writeTrack(track: Track<Field>): AsyncGenerator<string> {
  const words = track.label === null ? track.iam : `${track.iam} ${track.label}`
  yield `<trk><name>${xml(nameOf(track.iam))}</name><desc>${xml(words)}</desc>`
  let text = ''
  let isOpen = false
  const draw = createSegmenter<PartOf<Field>>({
    point(point, fix) {
      text += isOpen ? pointOf(point, fix) : `<trkseg>${pointOf(point, fix)}`
      isOpen = true
    },
    lift() {
      text += isOpen ? '</trkseg>' : ''
      isOpen = false
    },
  })
  for await (const page of track.fixes) {
    text = ''
    for (const fix of page) if (isDrawable(fix)) draw(fix)
    yield text
  }
  yield `${isOpen ? '</trkseg>' : ''}</trk>\n`
}

function pointOf({ latitudeDegrees, longitudeDegrees, at }: LinePoint, fix: PartOf<Field> | null): string {
  const speed = fix?.sogKnots ?? null
  const course = fix?.cogDegrees ?? null
  const extensions =
    speed === null && course === null
      ? ''
      : '<extensions>' +
        (speed === null ? '' : `<p:speed>${(speed * KNOTS_TO_METRES_PER_SECOND).toFixed(2)}</p:speed>`) +
        (course === null ? '' : `<p:course>${course}</p:course>`) +
        '</extensions>'
  // Programs that convert to NMEA mark every point without a fix type as void.
  return (
    `<trkpt lat="${degrees(latitudeDegrees)}" lon="${degrees(longitudeDegrees)}"><time>${isoSeconds(at)}</time>` +
    `<fix>3d</fix>${extensions}</trkpt>\n`
  )
}

function nameOf(iam: string): string {
  return iam.slice(0, NAME_LENGTH)
}
