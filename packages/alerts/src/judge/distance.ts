const EARTH_RADIUS_METRES = 6_371_000

/** A place on the sphere. */
export interface Place {
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
}

/** Distance along the sphere, within half a percent. */
export function distanceMetres(one: Place, other: Place): number {
  const [a, b] = [radians(one.latitudeDegrees), radians(other.latitudeDegrees)]
  const [dLat, dLon] = [b - a, radians(other.longitudeDegrees - one.longitudeDegrees)]
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(dLon / 2) ** 2
  return 2 * EARTH_RADIUS_METRES * Math.asin(Math.min(1, Math.sqrt(h)))
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180
}
