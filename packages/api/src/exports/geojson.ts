import { createSegmenter, type LinePoint } from './segments.ts'
import { isDrawable, type Track, type TrackFix, type Tracks } from './track.ts'

/**
 * Tracks as GeoJSON (RFC 7946): for each device a `MultiLineString` cut at gaps and at 180°, with the times of its points
 * in `coordTimes`, then each doubtful fix as a `Point` of its own with its quality.
 */
export async function* writeGeoJson(tracks: Tracks): AsyncGenerator<string> {
  yield '{"type":"FeatureCollection","features":['
  let isFirst = true
  for await (const track of tracks) {
    yield isFirst ? '\n' : ',\n'
    isFirst = false
    yield* writeTrack(track)
  }
  yield '\n]}\n'
}

async function* writeTrack(track: Track): AsyncGenerator<string> {
  yield '{"type":"Feature","geometry":{"type":"MultiLineString","coordinates":['
  const next = createSegmenter()
  const times: string[][] = []
  const doubtful: TrackFix[] = []
  let line: LinePoint[] = []
  let hasLine = false
  const endLine = (): string => {
    // A line needs two points; a lone fix between two gaps is drawn as a line of no length.
    const [first] = line
    if (first === undefined) return ''
    const points = line.length === 1 ? [first, first] : line
    line = []
    times.push(points.map(({ at }) => at.toISOString()))
    const text = `${hasLine ? ',' : ''}[${points.map(positionOf).join(',')}]`
    hasLine = true
    return text
  }
  for await (const page of track.fixes) {
    let text = ''
    for (const fix of page) {
      if (!isDrawable(fix)) {
        doubtful.push(fix)
        continue
      }
      for (const step of next(fix)) {
        if (step.step === 'break') text += endLine()
        else line.push(step.point)
      }
    }
    if (text !== '') yield text
  }
  const properties = { iam: track.iam, label: track.label, coordTimes: times }
  yield `${endLine()}]},"properties":${JSON.stringify(properties)}}`
  for (const fix of doubtful) yield `,\n${JSON.stringify(featureOf(track, fix))}`
}

function featureOf(track: Track, fix: TrackFix): unknown {
  return {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [round(fix.longitudeDegrees), round(fix.latitudeDegrees)] },
    properties: {
      iam: track.iam,
      at: fix.at.toISOString(),
      quality: fix.quality,
      problems: fix.problems,
      messageId: fix.messageId,
    },
  }
}

function positionOf(point: LinePoint): string {
  return `[${round(point.longitudeDegrees)},${round(point.latitudeDegrees)}]`
}

function round(degrees: number): number {
  return Number(degrees.toFixed(7))
}
