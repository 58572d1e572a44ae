/**
 * Coastlines of GSHHG 2.3.7 ("GSHHG, Wessel & Smith", LGPL-3) in GMT's binned netCDF-4 file, as Debian's
 * `gmt-gshhg-full` brings it.
 *
 * - The globe is cut into cells of 1°, row by row from the north-west: cell b lies at west = b mod 360,
 *   south = 89 − ⌊b / 360⌋.
 * - A segment's word holds points ≪ 9, level ≪ 6, entry side ≪ 3, exit side. Sides: 0 south, 1 east, 2 north, 3 west,
 *   4 closed inside the cell. Levels: 1 land, 2 lake, 3 island, 4 pond; 6 is the Antarctic grounding line.
 * - Coordinates are unsigned 16-bit numbers in signed columns, 65,535 to the cell.
 * - Every segment has land on its left, so the land of a cell is found by walking a segment and then the cell's edge
 *   counter-clockwise to the next entry. Segments closed clockwise are holes.
 */
import { type Ring, signedArea, toPolygons } from './rings.ts'

const CLOSED = 4
const GROUNDING_LINE = 6
const UNITS_PER_CELL = 65_535

/** The land of one cell as polygons with holes, longitudes in [−180, 180]. */
export interface LandCell {
  readonly west: number
  readonly south: number
  readonly polygons: readonly Ring[][]
}

/** Reads the land of the cells that intersect a box (degrees; west < east). */
export interface CoastFile {
  cells(box: { west: number; south: number; east: number; north: number }): Generator<LandCell>
}

interface Columns {
  readonly firstSegment: Int32Array
  readonly cornerLevels: Int16Array
  readonly segmentCount: Int16Array
  readonly word: Int32Array
  readonly firstPoint: Int32Array
  readonly longitude: Int16Array
  readonly latitude: Int16Array
}

/** Opens the file and reads all of it: 45 MB, a third of a second. */
export async function openGshhg(path: string): Promise<CoastFile> {
  // Loaded on first use: 4 MB of WebAssembly.
  const { ready, File } = await import('h5wasm/node')
  await ready
  const file = new File(path, 'r')
  const column = <T>(name: string): T => {
    const dataset = file.get(name)
    if (dataset === null || !('value' in dataset)) throw new Error(`${path} has no ${name}: not GMT's binned GSHHG`)
    return dataset.value as T
  }
  const columns: Columns = {
    firstSegment: column('Id_of_first_segment_in_a_bin'),
    cornerLevels: column('Embedded_node_levels_in_a_bin'),
    segmentCount: column('N_segments_in_a_bin'),
    word: column('Embedded_npts_levels_exit_entry_for_a_segment'),
    firstPoint: column('Id_of_first_point_in_a_segment'),
    longitude: column('Relative_longitude_from_SW_corner_of_bin'),
    latitude: column('Relative_latitude_from_SW_corner_of_bin'),
  }
  file.close()
  return {
    *cells(box) {
      for (let south = Math.max(Math.floor(box.south), -90); south < Math.min(box.north, 90); south += 1) {
        for (let west = Math.floor(box.west); west < box.east; west += 1) {
          const polygons = landOf(columns, (89 - south) * 360 + ((west + 360) % 360), west, south)
          if (polygons.length > 0) yield { west, south, polygons }
        }
      }
    },
  }
}

interface OpenSegment {
  readonly points: Ring
  /** Where it enters and leaves the cell, counter-clockwise along the edge from the south-west corner, 0 to 4. */
  readonly entry: number
  readonly exit: number
}

function landOf(columns: Columns, bin: number, west: number, south: number): Ring[][] {
  const first = columns.firstSegment[bin] ?? 0
  const open: OpenSegment[] = []
  const outers: Ring[] = []
  const holes: Ring[] = []
  for (let segment = first; segment < first + (columns.segmentCount[bin] ?? 0); segment += 1) {
    const word = columns.word[segment] ?? 0
    if (((word >> 6) & 7) === GROUNDING_LINE) continue
    const points = pointsOf(columns, segment, word >>> 9)
    const [entrySide, exitSide] = [(word >> 3) & 7, word & 7]
    const [start, end] = [points[0], points.at(-1)]
    if (start === undefined || end === undefined) continue
    if (entrySide === CLOSED || exitSide === CLOSED) {
      const ring: Ring = start[0] === end[0] && start[1] === end[1] ? points : [...points, start]
      if (ring.length < 4) continue
      if (signedArea(ring) > 0) outers.push(ring)
      else holes.push(ring)
    } else open.push({ points, entry: alongEdge(start, entrySide), exit: alongEdge(end, exitSide) })
  }
  outers.push(...joinAlongEdge(open))
  // A cell without a coast through it is all land or all water; its corners tell which.
  if (open.length === 0 && isLand((columns.cornerLevels[bin] ?? 0) >> 9)) outers.push(square())
  const place = (ring: Ring): Ring => ring.map(([x, y]) => [west + x, south + y])
  return toPolygons(outers.map(place), holes.map(place))
}

function pointsOf(columns: Columns, segment: number, count: number): Ring {
  const first = columns.firstPoint[segment] ?? 0
  return Array.from({ length: count }, (_, index): [number, number] => [
    ((columns.longitude[first + index] ?? 0) & 0xffff) / UNITS_PER_CELL,
    ((columns.latitude[first + index] ?? 0) & 0xffff) / UNITS_PER_CELL,
  ])
}

function isLand(level: number): boolean {
  return (level & 1) === 1
}

function square(): Ring {
  return [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
    [0, 0],
  ]
}

function alongEdge([x, y]: readonly [number, number], side: number): number {
  return [x, 1 + y, 3 - x, 4 - y][side] ?? 0
}

/** Closes open segments along the cell's edge, with land on the left. */
export function joinAlongEdge(segments: readonly OpenSegment[]): Ring[] {
  const left = new Set(segments)
  const rings: Ring[] = []
  for (const first of segments) {
    if (!left.has(first)) continue
    const ring: Ring = []
    let segment = first
    for (;;) {
      left.delete(segment)
      ring.push(...segment.points)
      const from = segment.exit
      const candidates = [first, ...left].map((next) => ({ next, ahead: (next.entry - from + 4) % 4 }))
      const nearest = candidates.reduce((best, one) => (one.ahead < best.ahead ? one : best))
      ring.push(...cornersBetween(from, nearest.ahead))
      if (nearest.next === first) break
      segment = nearest.next
    }
    const [start] = ring
    if (start !== undefined && ring.length >= 3) rings.push([...ring, start])
  }
  return rings
}

function cornersBetween(from: number, ahead: number): Ring {
  const corners: Ring = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ]
  const passed: Ring = []
  for (let edge = Math.floor(from) + 1; edge <= from + ahead; edge += 1) {
    const corner = corners[edge % 4]
    if (corner !== undefined) passed.push(corner)
  }
  return passed
}
