import type { DeviceKind } from '@paikea/domain'

/** A position at a time. */
export interface Fix {
  readonly at: Date
  readonly latitude: number
  readonly longitude: number
}

/** What is taken for possible. */
export interface BeliefRules {
  /** Speeds beyond are asked about. */
  readonly maxKnots: Readonly<Record<DeviceKind, number>>
}

/** Faster than anything afloat, slower than anything in the air: a device carried by road or plane is queried once. */
export const DEFAULT_RULES: BeliefRules = { maxKnots: { buoy: 60, handset: 60, rockstar: 60 } }

/** Nearer than that no speed is asked about: positions and times are rounded, and a receiver wanders. */
const ALWAYS_POSSIBLE_NM = 5
const EARTH_RADIUS_NM = 3440.065
/** From one end of the world to the other. */
const FARTHEST_NM = Math.PI * EARTH_RADIUS_NM
const HOUR_MS = 3_600_000

/** Beyond this no fix is too far from another, so none needs to be looked at. */
export function horizonMs(maxKnots: number): number {
  return (FARTHEST_NM / maxKnots) * HOUR_MS
}

/** A fix of a device that is known already. */
export interface KnownFix extends Fix {
  /** `false`: it was too far from its neighbours, and nothing has confirmed it yet. */
  isBelieved: boolean
}

/**
 * Judges a fix by its neighbours in time. It is believed if it can have been sailed from the believed one before it or to the one after it,
 * or if there is neither; else if it can have been from a suspect next to it, which it then confirms. And a believed one confirms a suspect
 * next to it that explains it at least as well as the believed one on that side does.
 *
 * @param known of the same device: at least its neighbours on both sides, believed and suspect; in any order
 * @returns whether it is believed, and those of `known` that are so from now on; they are marked
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

/** The nearest believed one on a side in time, and the nearest suspect before that. What is of the same time is on both. */
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

/** Whether a device can have come from one fix to the other. */
export function isPlausible(one: Fix, other: Fix, maxKnots: number): boolean {
  return distanceNm(one, other) <= ALWAYS_POSSIBLE_NM || knotsBetween(one, other) <= maxKnots
}

function knotsBetween(one: Fix, other: Fix): number {
  const distance = distanceNm(one, other)
  return distance === 0 ? 0 : distance / (Math.abs(one.at.getTime() - other.at.getTime()) / HOUR_MS)
}

/** Along the great circle, in nautical miles. */
export function distanceNm(one: Omit<Fix, 'at'>, other: Omit<Fix, 'at'>): number {
  const radians = Math.PI / 180
  const [from, to] = [one.latitude * radians, other.latitude * radians]
  const halfNorth = Math.sin((to - from) / 2)
  const halfEast = Math.sin(((other.longitude - one.longitude) * radians) / 2)
  const square = halfNorth * halfNorth + Math.cos(from) * Math.cos(to) * halfEast * halfEast
  return 2 * EARTH_RADIUS_NM * Math.asin(Math.min(1, Math.sqrt(square)))
}
