import { fetchOrThrow } from '../api/fetch-or-throw.ts'

type Point = readonly [longitude: number, latitude: number]

/** A device's track in pieces: cut where reports are missing, and at 180°. */
export interface Track {
  readonly pieces: readonly (readonly Point[])[]
  /** Of each point, in the same order. */
  readonly times: readonly (readonly string[])[]
}

/** Reads the whole track of a device. */
export async function readTrack(iam: string, signal: AbortSignal): Promise<Track> {
  const path = `/v1/devices/${encodeURIComponent(iam)}/track.geojson?deployment=none`
  const { features } = await fetchOrThrow<{
    features: readonly { geometry: { coordinates: Track['pieces'] }; properties: { coordTimes?: Track['times'] } }[]
  }>(path, { signal })
  const [line] = features
  return { pieces: line?.geometry.coordinates ?? [], times: line?.properties.coordTimes ?? [] }
}

/** A track up to a moment: whole pieces, and the beginning of the one that goes on. */
export function trackUntil({ pieces, times }: Track, until: string): readonly (readonly Point[])[] {
  return pieces
    .map((piece, index) => piece.slice(0, countUntil(times[index] ?? [], until)))
    .filter(({ length }) => length > 0)
}

/** Times are in order and written alike, so that text compares as time. */
function countUntil(times: readonly string[], until: string): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? '') <= until) low = middle + 1
    else high = middle
  }
  return low
}

/** A circle on the sphere as a ring, for the place where the device probably is. */
export function circleAround(centre: Point, radiusKm: number): Point[] {
  const STEPS = 64
  const toRadians = Math.PI / 180
  const latitude = centre[1] * toRadians
  const angle = radiusKm / 6371
  return Array.from({ length: STEPS + 1 }, (_none, step) => {
    const bearing = (step / STEPS) * 2 * Math.PI
    const to = Math.asin(
      Math.sin(latitude) * Math.cos(angle) + Math.cos(latitude) * Math.sin(angle) * Math.cos(bearing),
    )
    const turn = Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(latitude),
      Math.cos(angle) - Math.sin(latitude) * Math.sin(to),
    )
    return [centre[0] + turn / toRadians, to / toRadians]
  })
}
