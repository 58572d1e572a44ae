import geodesic from 'geographiclib-geodesic'
import * as geomagnetism from 'geomagnetism'

const METRES_PER_NAUTICAL_MILE = 1852

interface Place {
  readonly latitude: number
  readonly longitude: number
}

/**
 * Distance and bearings between two places on the WGS84 ellipsoid; `magneticDegrees` is `null` outside the magnetic
 * model's years.
 */
export interface Way {
  readonly nauticalMiles: number
  readonly trueDegrees: number
  readonly magneticDegrees: number | null
}

/** The geodesic, with the initial bearing, true and magnetic for that place and day. */
export function wayBetween(from: Place, to: Place, on: Date): Way {
  const { s12 = 0, azi1 = 0 } = geodesic.Geodesic.WGS84.Inverse(
    from.latitude,
    from.longitude,
    to.latitude,
    to.longitude,
  )
  const trueDegrees = turn(azi1)
  const variation = variationAt(from, on)
  return {
    nauticalMiles: s12 / METRES_PER_NAUTICAL_MILE,
    trueDegrees,
    magneticDegrees: variation === null ? null : turn(trueDegrees - variation),
  }
}

/** Degrees east of true north; `null` outside the model's years. */
export function variationAt(place: Place, on: Date): number | null {
  try {
    return geomagnetism.model(on).point([place.latitude, place.longitude]).decl
  } catch {
    return null
  }
}

function turn(degrees: number): number {
  return ((degrees % 360) + 360) % 360
}
