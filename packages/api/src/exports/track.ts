import type { TrackField, TrackRow } from '@paikea/database'

/** One fix of a track. */
export type TrackFix = TrackRow

/** The time of a fix, and the fields named. */
export type PartOf<F extends TrackField> = Pick<TrackFix, F | 'at'>

/** A device and its fixes in chronological order, in pages as the database returns them. */
export interface Track<F extends TrackField = TrackField> {
  readonly iam: string
  readonly label: string | null
  readonly fixes: AsyncIterable<readonly PartOf<F>[]>
}

/** Tracks, one after the other. */
export type Tracks<F extends TrackField = TrackField> = AsyncIterable<Track<F>> | Iterable<Track<F>>

/** Returns tracks whose fixes have these fields: a format reads no more than it writes. */
export type TrackSource = <F extends TrackField>(fields: readonly F[]) => Tracks<F>

/** Whether a fix belongs in a drawn line: a doubtful one would draw a jump that never happened. */
export function isDrawable(fix: Pick<TrackFix, 'quality'>): boolean {
  return fix.quality === 'good' || fix.quality === 'not-evaluated'
}
