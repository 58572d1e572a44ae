import type { Position } from './message.ts'

const METRES_PER_DEGREE = 111_195
const RADIUS_METRES = 20

/** Whether a position is within 20 m of 0, 0, which trackers without a fix send. */
export function isNullIsland({ latitudeDegrees, longitudeDegrees }: Position): boolean {
  // This close to the equator, a degree has the same length in either direction.
  return Math.hypot(latitudeDegrees, longitudeDegrees) * METRES_PER_DEGREE <= RADIUS_METRES
}
