import { chanceAt } from './random.ts'

/** A rectangle of open water in degrees; tracks turn back at its sides. */
export interface SeaBox {
  readonly south: number
  readonly north: number
  readonly west: number
  readonly east: number
}

/** Off central California, well outside the Farallon Islands: no land inside. */
export const openWater: SeaBox = { south: 34.9, north: 37.4, west: -126.6, east: -123.4 }

/** A drift position and velocity; course in degrees true, speed in knots. */
export interface TrackPoint {
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly sogKnots: number
  readonly cogDegrees: number
}

/** What is needed to continue a track: plain data, kept in the journal. */
export interface TrackState {
  readonly seed: number
  readonly step: number
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  /** −1 once the drift was reversed at an eastern or western side, otherwise 1. */
  readonly eastSign: 1 | -1
  /** −1 once the drift was reversed at a northern or southern side, otherwise 1. */
  readonly northSign: 1 | -1
}

const STEP_MS = 60_000
const TIDE_PERIOD_MS = 12.42 * 3_600_000
const METRES_PER_DEGREE = 111_120
const METRES_PER_SECOND_PER_KNOT = 0.514444

/** A new track that starts at `atMs` at the given position. */
export function startTrack(
  seed: number,
  atMs: number,
  at: { latitudeDegrees: number; longitudeDegrees: number },
): TrackState {
  return { seed, step: Math.floor(atMs / STEP_MS), ...at, eastSign: 1, northSign: 1 }
}

/**
 * Drifts on to `toMs` in steps of one minute. Steps are counted from 1970, so that the track does not depend on how
 * often it is sampled. Going back in time leaves the state unchanged.
 */
export function drift(state: TrackState, toMs: number, box: SeaBox = openWater): TrackState {
  const target = Math.floor(toMs / STEP_MS)
  let { latitudeDegrees, longitudeDegrees, eastSign, northSign, step } = state
  const current = currentOf(state.seed)
  for (; step < target; step++) {
    const { east, north } = velocityAt(current, step)
    const metresNorth = north * northSign * (STEP_MS / 1000)
    const metresEast = east * eastSign * (STEP_MS / 1000)
    latitudeDegrees += metresNorth / METRES_PER_DEGREE
    longitudeDegrees += metresEast / (METRES_PER_DEGREE * Math.cos((latitudeDegrees * Math.PI) / 180))
    if ((latitudeDegrees > box.north && metresNorth > 0) || (latitudeDegrees < box.south && metresNorth < 0)) {
      northSign = northSign === 1 ? -1 : 1
    }
    if ((longitudeDegrees > box.east && metresEast > 0) || (longitudeDegrees < box.west && metresEast < 0)) {
      eastSign = eastSign === 1 ? -1 : 1
    }
  }
  return { seed: state.seed, step, latitudeDegrees, longitudeDegrees, eastSign, northSign }
}

/** Position, speed and course at the state's own time. */
export function trackPoint(state: TrackState): TrackPoint {
  const { east, north } = velocityAt(currentOf(state.seed), state.step)
  const course = (Math.atan2(east * state.eastSign, north * state.northSign) * 180) / Math.PI
  return {
    latitudeDegrees: state.latitudeDegrees,
    longitudeDegrees: state.longitudeDegrees,
    sogKnots: Math.hypot(east, north) / METRES_PER_SECOND_PER_KNOT,
    cogDegrees: (course + 360) % 360,
  }
}

interface Current {
  readonly seed: number
  readonly east: number
  readonly north: number
  readonly tidePhase: number
}

/** The steady part of a track, in m/s: mostly southward. */
function currentOf(seed: number): Current {
  const heading = Math.PI * (0.75 + 0.5 * chanceAt(seed, -1))
  const speed = 0.1 + 0.15 * chanceAt(seed, -2)
  return {
    seed,
    east: speed * Math.sin(heading),
    north: speed * Math.cos(heading),
    tidePhase: 2 * Math.PI * chanceAt(seed, -3),
  }
}

/** Velocity in m/s: the steady current, a tide that turns twice a day, and a wobble from the wind. */
function velocityAt({ seed, east, north, tidePhase }: Current, step: number): { east: number; north: number } {
  const tide = 0.08 * Math.sin((2 * Math.PI * step * STEP_MS) / TIDE_PERIOD_MS + tidePhase)
  return {
    east: east + tide + 0.18 * gust(seed, step),
    north: north + 0.5 * tide + 0.18 * gust(seed + 1, step),
  }
}

/** Wind between −1 and 1, varying smoothly over about an hour. */
function gust(seed: number, step: number): number {
  const hour = Math.floor(step / 60)
  const part = step / 60 - hour
  const weight = part * part * (3 - 2 * part)
  return 2 * (chanceAt(seed, hour) * (1 - weight) + chanceAt(seed, hour + 1) * weight) - 1
}
