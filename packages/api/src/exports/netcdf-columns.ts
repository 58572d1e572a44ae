import type { TrackFix, Tracks } from './track.ts'

const PIECE = 65_536
const KNOTS_TO_METRES_PER_SECOND = 1852 / 3600

/** Flag values of the QARTOD scheme, in the order of their meanings. */
export const QUALITY_FLAGS: Readonly<Record<TrackFix['quality'], number>> = {
  good: 1,
  'not-evaluated': 2,
  suspect: 3,
  bad: 4,
  missing: 9,
}

/** Fields of a fix it reads. */
export const NETCDF_FIELDS = [
  'latitudeDegrees',
  'longitudeDegrees',
  'sogKnots',
  'cogDegrees',
  'batteryVolts',
  'quality',
] as const
export type NetCdfField = (typeof NETCDF_FIELDS)[number]

/** All fixes of all tracks, by column; 38 bytes per fix. Speed in m/s, times in seconds since 1970 UTC. */
export class TrackColumns {
  readonly ids: string[] = []
  readonly rowSizes: number[] = []
  readonly time = new Column(Float64Array)
  readonly latitude = new Column(Float64Array)
  readonly longitude = new Column(Float64Array)
  readonly speed = new Column(Float32Array)
  readonly course = new Column(Float32Array)
  readonly battery = new Column(Float32Array)
  readonly positionFlag = new Column(Int8Array)
  readonly batteryFlag = new Column(Int8Array)
  readonly extent = { latitude: new Extent(), longitude: new Extent(), time: new Extent() }

  /** The number of fixes. */
  get length(): number {
    return this.time.length
  }

  async collect(tracks: Tracks<NetCdfField>): Promise<void> {
    for await (const track of tracks) {
      const before = this.length
      for await (const page of track.fixes) {
        for (const fix of page) {
          const seconds = fix.at.getTime() / 1000
          this.time.push(seconds)
          this.latitude.push(fix.latitudeDegrees)
          this.longitude.push(fix.longitudeDegrees)
          this.speed.push(fix.sogKnots === null ? Number.NaN : fix.sogKnots * KNOTS_TO_METRES_PER_SECOND)
          this.course.push(fix.cogDegrees ?? Number.NaN)
          this.battery.push(fix.batteryVolts ?? Number.NaN)
          this.positionFlag.push(QUALITY_FLAGS[fix.quality])
          this.batteryFlag.push(fix.batteryVolts === null ? QUALITY_FLAGS.missing : QUALITY_FLAGS['not-evaluated'])
          this.extent.time.add(seconds)
          this.extent.latitude.add(fix.latitudeDegrees)
          this.extent.longitude.add(fix.longitudeDegrees)
        }
      }
      if (this.length === before) continue
      this.ids.push(track.iam)
      this.rowSizes.push(this.length - before)
    }
  }
}

type NumberArray = Float64Array | Float32Array | Int8Array

/** Numbers stored in chunks, so that a growing column is never copied. */
class Column<A extends NumberArray> {
  readonly pieces: A[] = []
  length = 0
  readonly #make: new (length: number) => A
  #piece: A

  constructor(make: new (length: number) => A) {
    this.#make = make
    this.#piece = new make(0)
  }

  push(value: number): void {
    const at = this.length % PIECE
    if (at === 0) {
      this.#piece = new this.#make(PIECE)
      this.pieces.push(this.#piece)
    }
    this.#piece[at] = value
    this.length += 1
  }

  *values(): Generator<NumberArray> {
    for (const [index, piece] of this.pieces.entries())
      yield piece.subarray(0, Math.min(PIECE, this.length - index * PIECE))
  }
}

/** Minimum and maximum of the numbers seen; NaN if there were none. */
class Extent {
  min = Number.NaN
  max = Number.NaN

  add(value: number): void {
    if (!(value >= this.min)) this.min = value
    if (!(value <= this.max)) this.max = value
  }
}
