import type { Position } from './message.ts'

const METRES_PER_DEGREE = 111_195
const RADIUS_METRES = 20

/** Whether a position is 0, 0 or within 20 m of it: what trackers send that have none. */
export function isNullIsland({ latitudeDegrees, longitudeDegrees }: Position): boolean {
  // So near the equator a degree is as long in either direction.
  return Math.hypot(latitudeDegrees, longitudeDegrees) * METRES_PER_DEGREE <= RADIUS_METRES
}
