/** How far a fix can be trusted, as the reports list says it. */
export type FixQuality = 'good' | 'not-evaluated' | 'suspect' | 'bad' | 'missing'

/** One fix of a track. Coordinates in degrees, north and east positive. */
export interface TrackFix {
  /** Time of the fix, UTC. */
  readonly at: Date
  readonly receivedAt: Date
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly sogKnots: number | null
  readonly cogDegrees: number | null
  readonly batteryVolts: number | null
  readonly intervalMinutes: number | null
  readonly quality: FixQuality
  /** Codes of what is doubtful about it (`implausible`, `clock-wrong`, …). */
  readonly problems: readonly string[]
  readonly messageId: number
}

/** A device and its fixes in the order of their times, in pages as they come from the database. */
export interface Track {
  readonly iam: string
  readonly label: string | null
  readonly fixes: AsyncIterable<readonly TrackFix[]>
}

/** Tracks one after the other. */
export type Tracks = AsyncIterable<Track> | Iterable<Track>

/** True for a fix that belongs into a drawn line: a doubtful one would draw a jump that never was. */
export function isDrawable(fix: TrackFix): boolean {
  return fix.quality === 'good' || fix.quality === 'not-evaluated'
}
