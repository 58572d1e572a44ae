import type { DeviceKind } from '@paikea/domain'

/** A position at a time. */
export interface Fix {
  readonly at: Date
  readonly latitude: number
  readonly longitude: number
}

/** What is considered possible. */
export interface BeliefRules {
  /** Faster movements are queried. */
  readonly maxKnots: Readonly<Record<DeviceKind, number>>
}

/** Faster than anything afloat, slower than anything in the air: a device carried by road or plane is queried once. */
export const DEFAULT_RULES: BeliefRules = { maxKnots: { buoy: 60, handset: 60, rockstar: 60 } }

/** Within this distance no speed is queried: positions and times are rounded, and receivers drift. */
const ALWAYS_POSSIBLE_NM = 5
const EARTH_RADIUS_NM = 3440.065
/** From one end of the world to the other. */
const FARTHEST_NM = Math.PI * EARTH_RADIUS_NM
const HOUR_MS = 3_600_000

/** Beyond this, no fix is too far from another, so none needs to be compared. */
export function horizonMs(maxKnots: number): number {
  return (FARTHEST_NM / maxKnots) * HOUR_MS
}

/** A known fix of a device. */
export interface KnownFix extends Fix {
  /** `false`: it was too far from its neighbours, and nothing has confirmed it yet. */
  isBelieved: boolean
}

/**
 * Judges a fix by its neighbours in time. It is trusted if it could have been reached by sea from the trusted one
 * before it, or could have reached the one after it, or if there is neither; otherwise if the same holds for an
 * adjacent suspect fix, which it then confirms. A trusted fix also confirms an adjacent suspect one that explains it at
 * least as well as the trusted one on that side.
 *
 * @param known fixes of the same device: at least its neighbours on both sides, trusted and suspect; in any order
 * @returns whether it is trusted, and those of `known` that become so, which are marked
 */
export function judgeFix<Known extends KnownFix>(
  fix: Fix,
  known: readonly Known[],
  maxKnots: number,
): { readonly isBelieved: boolean; readonly confirmed: readonly Known[] } {
  const sides = [neighbours(fix, known, -1), neighbours(fix, known, 1)]
  const believed = sides.flatMap((side) => side.believed ?? [])
  const isSailed = believed.length === 0 || believed.some((neighbour) => isPlausible(neighbour, fix, maxKnots))
  const confirmed = sides.flatMap(({ suspect, believed: beside }) => {
    if (suspect === null || !isPlausible(suspect, fix, maxKnots)) return []
    const isBetter = !isSailed || beside === null || knotsBetween(suspect, fix) <= knotsBetween(beside, fix)
    return isBetter ? [suspect] : []
  })
  for (const suspect of confirmed) suspect.isBelieved = true
  return { isBelieved: isSailed || confirmed.length > 0, confirmed }
}

/**
 * The nearest trusted one on one side in time, and the nearest suspect one before that. Fixes at the same time are on
 * both sides.
 */
function neighbours<Known extends KnownFix>(
  fix: Fix,
  known: readonly Known[],
  side: -1 | 1,
): { readonly believed: Known | null; readonly suspect: Known | null } {
  let believed: Known | null = null
  let suspect: Known | null = null
  const away = (other: Fix): number => side * (other.at.getTime() - fix.at.getTime())
  for (const other of known) {
    if (away(other) < 0) continue
    const nearest = other.isBelieved ? believed : suspect
    if (nearest !== null && away(nearest) <= away(other)) continue
    if (other.isBelieved) believed = other
    else suspect = other
  }
  const isHidden = believed !== null && suspect !== null && away(believed) < away(suspect)
  return { believed, suspect: isHidden ? null : suspect }
}

/** Whether a device can have moved from one fix to the other. */
export function isPlausible(one: Fix, other: Fix, maxKnots: number): boolean {
  return distanceNm(one, other) <= ALWAYS_POSSIBLE_NM || knotsBetween(one, other) <= maxKnots
}

function knotsBetween(one: Fix, other: Fix): number {
  const distance = distanceNm(one, other)
  return distance === 0 ? 0 : distance / (Math.abs(one.at.getTime() - other.at.getTime()) / HOUR_MS)
}

/** Great-circle distance in nautical miles. */
export function distanceNm(one: Omit<Fix, 'at'>, other: Omit<Fix, 'at'>): number {
  const radians = Math.PI / 180
  const [from, to] = [one.latitude * radians, other.latitude * radians]
  const halfNorth = Math.sin((to - from) / 2)
  const halfEast = Math.sin(((other.longitude - one.longitude) * radians) / 2)
  const square = halfNorth * halfNorth + Math.cos(from) * Math.cos(to) * halfEast * halfEast
  return 2 * EARTH_RADIUS_NM * Math.asin(Math.min(1, Math.sqrt(square)))
}
