import type { TrackFix } from './track.ts'

const MINUTE_MS = 60_000
/** Without a known interval a longer silence than this is a gap. */
const GAP_MS = 6 * 3_600_000
/** A buoy at a known interval may miss this many reports before the line is broken. */
const MISSED_REPORTS = 3

/** A point of a drawn line; `fix` is null for a point interpolated at the date line. */
export interface LinePoint {
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly at: Date
  readonly fix: TrackFix | null
}

/** What comes before a point: it goes on, a new segment begins, or the line crosses 180° in between. */
export type Step = { readonly step: 'point'; readonly point: LinePoint } | { readonly step: 'break' }

/**
 * Turns the fixes of one device into line points: cuts where reports are missing, and at 180° with an interpolated point
 * on either side, because no format, and few programs, draw a line across the date line right.
 */
export function createSegmenter(): (fix: TrackFix) => readonly Step[] {
  let before: TrackFix | null = null
  return (fix) => {
    const last = before
    before = fix
    const point: Step = { step: 'point', point: pointOf(fix) }
    if (last === null) return [point]
    if (isGap(last, fix)) return [{ step: 'break' }, point]
    const crossing = crossDateLine(last, fix)
    return crossing === null ? [point] : [...crossing, point]
  }
}

function pointOf(fix: TrackFix): LinePoint {
  return { latitudeDegrees: fix.latitudeDegrees, longitudeDegrees: fix.longitudeDegrees, at: fix.at, fix }
}

function isGap(last: TrackFix, fix: TrackFix): boolean {
  const silenceMs = fix.at.getTime() - last.at.getTime()
  const interval = last.intervalMinutes
  const allowedMs = interval === null ? GAP_MS : Math.max((MISSED_REPORTS + 1) * interval * MINUTE_MS, 30 * MINUTE_MS)
  return silenceMs > allowedMs
}

function crossDateLine(last: TrackFix, fix: TrackFix): readonly Step[] | null {
  const from = last.longitudeDegrees
  const to = fix.longitudeDegrees
  if (Math.abs(to - from) <= 180) return null
  const edge = from > 0 ? 180 : -180
  // The same place in longitudes that run on across 180°.
  const toContinuous = to + 2 * edge
  const share = toContinuous === from ? 0 : (edge - from) / (toContinuous - from)
  const latitudeDegrees = last.latitudeDegrees + share * (fix.latitudeDegrees - last.latitudeDegrees)
  const at = new Date(Math.round(last.at.getTime() + share * (fix.at.getTime() - last.at.getTime())))
  const atEdge = (longitudeDegrees: number): Step => ({
    step: 'point',
    point: { latitudeDegrees, longitudeDegrees, at, fix: null },
  })
  return [atEdge(edge), { step: 'break' }, atEdge(-edge)]
}
