import Flatbush from 'flatbush'
import type { Place } from './distance.ts'

/** A closed line of longitude and latitude in degrees. */
export type Ring = readonly (readonly [longitude: number, latitude: number])[]

/** A place's relation to land. */
export interface Shore {
  readonly isOnLand: boolean
  /** Distance to the nearest coast; `null` if that is beyond the search radius. */
  readonly metres: number | null
}

/** Land, as coarse as the rings it was made from. */
export interface Coast {
  /** @param withinMetres search radius for a coast */
  shoreOf(place: Place, withinMetres: number): Shore
}

/** Lines per box of the index: fewer boxes, but a little more to search in each. */
const LINES_PER_BOX = 16
const METRES_PER_DEGREE = 111_195
/** Rings that cross 180° continue beyond it, so a place is also tried a full turn away. */
const TURNS = [0, 360, -360] as const

/**
 * Rings laid out one after the other, longitude and latitude alternating; ring `n` is points `starts[n]` to `starts[n +
 * 1]`. Accurate to two metres.
 */
export interface LandLines {
  readonly starts: Uint32Array
  readonly points: Float32Array
}

/** Flattens rings, each without a jump at 180°. */
export function flattenRings(rings: readonly Ring[]): LandLines {
  const lines = rings.map(continuous)
  const starts = new Uint32Array(lines.length + 1)
  for (const [ring, line] of lines.entries()) starts[ring + 1] = (starts[ring] ?? 0) + line.length / 2
  const points = new Float32Array((starts.at(-1) ?? 0) * 2)
  for (const [ring, line] of lines.entries()) points.set(line, (starts[ring] ?? 0) * 2)
  return { starts, points }
}

/** Indexes lines. A place is on land if a ray from it to the east crosses them an odd number of times. */
export function createCoast({ starts, points }: LandLines): Coast {
  const firsts: number[] = []
  const lasts: number[] = []
  for (const [ring, start] of starts.subarray(0, -1).entries()) {
    const end = (starts[ring + 1] ?? start) - 1
    for (let first = start; first < end; first += LINES_PER_BOX) {
      firsts.push(first)
      lasts.push(Math.min(end, first + LINES_PER_BOX))
    }
  }
  // Points that a box begins and ends with.
  const [from, to] = [Uint32Array.from(firsts), Uint32Array.from(lasts)]
  const index = new Flatbush(from.length, 16, Float32Array)
  for (const [box, first] of from.entries()) {
    let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
    for (let at = first * 2; at <= (to[box] ?? 0) * 2; at += 2) {
      const [x, y] = [points[at] ?? 0, points[at + 1] ?? 0]
      if (x < west) west = x
      if (x > east) east = x
      if (y < south) south = y
      if (y > north) north = y
    }
    index.add(west, south, east, north)
  }
  index.finish()

  /** Calls back with both ends of every line in the boxes that intersect this one. */
  function eachLine(area: readonly [number, number, number, number], look: (line: Line) => void): void {
    for (const box of index.search(...area)) {
      const end = (to[box] ?? 0) * 2
      for (let at = (from[box] ?? 0) * 2; at < end; at += 2) {
        look([points[at] ?? 0, points[at + 1] ?? 0, points[at + 2] ?? 0, points[at + 3] ?? 0])
      }
    }
  }

  function isInside(x: number, y: number): boolean {
    let crossings = 0
    eachLine([x, y, index.maxX, y], ([x1, y1, x2, y2]) => {
      if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) crossings += 1
    })
    return crossings % 2 === 1
  }

  return {
    shoreOf({ latitudeDegrees: y, longitudeDegrees }, withinMetres) {
      const shrink = Math.max(0.01, Math.cos((y * Math.PI) / 180))
      const [high, wide] = [withinMetres / METRES_PER_DEGREE, withinMetres / METRES_PER_DEGREE / shrink]
      let isOnLand = false
      let nearest = Infinity
      for (const turn of TURNS) {
        const x = longitudeDegrees + turn
        if (x < index.minX - wide || x > index.maxX + wide) continue
        isOnLand ||= isInside(x, y)
        eachLine([x - wide, y - high, x + wide, y + high], ([x1, y1, x2, y2]) => {
          const degrees = distanceTo([(x1 - x) * shrink, y1 - y, (x2 - x) * shrink, y2 - y])
          nearest = Math.min(nearest, degrees * METRES_PER_DEGREE)
        })
      }
      return { isOnLand, metres: nearest > withinMetres ? null : nearest }
    },
  }
}

type Line = readonly [x1: number, y1: number, x2: number, y2: number]

/** Distance from the origin to a line, on a plane: accurate for some tens of kilometres. */
function distanceTo([x1, y1, x2, y2]: Line): number {
  const [dx, dy] = [x2 - x1, y2 - y1]
  const length = dx * dx + dy * dy
  const part = length === 0 ? 0 : Math.min(1, Math.max(0, -(x1 * dx + y1 * dy) / length))
  return Math.hypot(x1 + part * dx, y1 + part * dy)
}

/** Removes the jump from +180° to −180°. A ring that ends a full turn away goes around the South Pole. */
function continuous(ring: Ring): Float64Array {
  const points = new Float64Array(ring.length * 2)
  let shift = 0
  let before = ring[0]?.[0] ?? 0
  let at = 0
  for (const [x, y] of ring) {
    if (x - before > 180) shift -= 360
    if (x - before < -180) shift += 360
    before = x
    points[at] = x + shift
    points[at + 1] = y
    at += 2
  }
  const [first, last] = [points[0] ?? 0, points.at(-2) ?? 0]
  if (Math.abs(last - first) <= 180) return points
  return Float64Array.from([...points, last, -90, first, -90, first, points[1] ?? 0])
}
