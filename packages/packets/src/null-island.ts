const METRES_PER_DEGREE = 111_195
const RADIUS_METRES = 20

/** Whether coordinates are within 20 m of 0, 0, which receivers without a fix send. Signs do not matter. */
export function isNullIsland(latitudeDegrees: number, longitudeDegrees: number): boolean {
  // This close to the equator, a degree has the same length in either direction.
  return Math.hypot(latitudeDegrees, longitudeDegrees) * METRES_PER_DEGREE <= RADIUS_METRES
}
