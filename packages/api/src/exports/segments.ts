import type { TrackFix } from './track.ts'

const MINUTE_MS = 60_000
/** Without a known interval, a silence longer than this is a gap. */
const GAP_MS = 6 * 3_600_000
/** A buoy with a known interval may miss this many reports before the line is broken. */
const MISSED_REPORTS = 3

/** The parts of a fix that a line needs. */
export type LineFix = Pick<TrackFix, 'at' | 'latitudeDegrees' | 'longitudeDegrees' | 'intervalMinutes'>
/** The same as field names, for asking a {@link TrackSource}. */
export const LINE_FIELDS = ['latitudeDegrees', 'longitudeDegrees', 'intervalMinutes'] as const

/** A point of a drawn line. */
export type LinePoint = Pick<TrackFix, 'at' | 'latitudeDegrees' | 'longitudeDegrees'>

/** Receives the points of a line. */
export interface Pen<Fix extends LineFix> {
  /** @param fix `null` for a point interpolated at the date line */
  point(point: LinePoint, fix: Fix | null): void
  /** A new segment begins. */
  lift(): void
}

/**
 * Creates a function that draws one device's fixes, called once per fix in order. It breaks the line where reports are
 * missing, and at 180° with an interpolated point on either side: no format, and few programs, draw lines across the
 * date line correctly.
 */
export function createSegmenter<Fix extends LineFix>(pen: Pen<Fix>): (fix: Fix) => void {
  let last: Fix | null = null
  return (fix) => {
    if (last !== null) {
      if (isGap(last, fix)) pen.lift()
      else if (Math.abs(fix.longitudeDegrees - last.longitudeDegrees) > 180) crossDateLine(last, fix, pen)
    }
    last = fix
    pen.point(fix, fix)
  }
}

function isGap(last: LineFix, fix: LineFix): boolean {
  const silenceMs = fix.at.getTime() - last.at.getTime()
  const interval = last.intervalMinutes
  const allowedMs = interval === null ? GAP_MS : Math.max((MISSED_REPORTS + 1) * interval * MINUTE_MS, 30 * MINUTE_MS)
  return silenceMs > allowedMs
}

function crossDateLine<Fix extends LineFix>(last: Fix, fix: Fix, pen: Pen<Fix>): void {
  const from = last.longitudeDegrees
  const edge = from > 0 ? 180 : -180
  // The same place in longitudes that continue across 180°.
  const toContinuous = fix.longitudeDegrees + 2 * edge
  const share = toContinuous === from ? 0 : (edge - from) / (toContinuous - from)
  const latitudeDegrees = last.latitudeDegrees + share * (fix.latitudeDegrees - last.latitudeDegrees)
  const at = new Date(Math.round(last.at.getTime() + share * (fix.at.getTime() - last.at.getTime())))
  pen.point({ latitudeDegrees, longitudeDegrees: edge, at }, null)
  pen.lift()
  pen.point({ latitudeDegrees, longitudeDegrees: -edge, at }, null)
}
