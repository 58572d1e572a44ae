import { isoTime, roundDegrees } from './numbers.ts'
import { createSegmenter, LINE_FIELDS, type LinePoint } from './segments.ts'
import { isDrawable, type PartOf, type Track, type Tracks } from './track.ts'

/** Fields of a fix it writes. */
export const GEOJSON_FIELDS = [...LINE_FIELDS, 'quality', 'problems', 'messageId'] as const
type Field = (typeof GEOJSON_FIELDS)[number]

/**
 * Tracks as GeoJSON (RFC 7946): one `MultiLineString` per device, cut at gaps and at 180°, with its points' times in
 * `coordTimes`; then one `Point` per doubtful fix, with its quality.
 */
export async function* writeGeoJson(tracks: Tracks<Field>): AsyncGenerator<string> {
  yield '{"type":"FeatureCollection","features":['
  let isFirst = true
  for await (const track of tracks) {
    yield isFirst ? '\n' : ',\n'
    isFirst = false
    yield* writeTrack(track)
  }
  yield '\n]}\n'
}

async function* writeTrack(track: Track<Field>): AsyncGenerator<string> {
  yield '{"type":"Feature","geometry":{"type":"MultiLineString","coordinates":['
  const lines = new Lines()
  const draw = createSegmenter(lines)
  const doubtful: PartOf<Field>[] = []
  for await (const page of track.fixes) {
    for (const fix of page) {
      if (isDrawable(fix)) draw(fix)
      else doubtful.push(fix)
    }
    const text = lines.take()
    if (text !== '') yield text
  }
  lines.lift()
  const { iam, label } = track
  yield `${lines.take()}]},"properties":{"iam":${JSON.stringify(iam)},"label":${JSON.stringify(label)},"coordTimes":[`
  yield* lines.times()
  yield ']}}'
  for (const fix of doubtful) yield `,\n${JSON.stringify(featureOf(track, fix))}`
}

/** Accumulates the text of the lines and, separately, of their times, which follow after all lines. */
class Lines {
  #text = ''
  #time = ''
  readonly #times: string[] = []
  #isFirstLine = true
  /** Number of points in the current line, and the point itself while there is only one. */
  #points = 0
  #only: readonly [place: string, time: string] = ['', '']

  point({ latitudeDegrees, longitudeDegrees, at }: LinePoint): void {
    const place = `[${roundDegrees(longitudeDegrees)},${roundDegrees(latitudeDegrees)}]`
    const time = `"${isoTime(at)}"`
    if (this.#points === 0) {
      const before = this.#isFirstLine ? '[' : ',['
      this.#isFirstLine = false
      this.#only = [place, time]
      this.#add(before + place, before + time)
    } else this.#add(`,${place}`, `,${time}`)
    this.#points += 1
  }

  lift(): void {
    if (this.#points === 0) return
    const [place, time] = this.#only
    // A line needs two points; a lone fix between two gaps becomes a line of zero length.
    if (this.#points === 1) this.#add(`,${place}]`, `,${time}]`)
    else this.#add(']', ']')
    this.#points = 0
  }

  /** Returns and clears what was drawn since the last call. */
  take(): string {
    const text = this.#text
    this.#text = ''
    this.#times.push(this.#time)
    this.#time = ''
    return text
  }

  /** The times of everything taken. */
  times(): readonly string[] {
    return this.#times
  }

  #add(text: string, time: string): void {
    this.#text += text
    this.#time += time
  }
}

function featureOf({ iam }: Track<Field>, fix: PartOf<Field>): unknown {
  return {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [roundDegrees(fix.longitudeDegrees), roundDegrees(fix.latitudeDegrees)] },
    properties: {
      iam,
      at: isoTime(fix.at),
      quality: fix.quality,
      problems: fix.problems,
      messageId: fix.messageId,
    },
  }
}
