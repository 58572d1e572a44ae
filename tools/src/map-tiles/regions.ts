/** A box in degrees, west < east. */
export interface Box {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** Named regions; pass any other with `--bounds`. */
export const REGIONS: Readonly<Record<string, Box>> = {
  'us-west': { west: -130, south: 30, east: -115, north: 50 },
  'us-east': { west: -82, south: 24, east: -59, north: 48 },
  'gulf-of-mexico': { west: -98, south: 17, east: -80, north: 31 },
  hawaii: { west: -162, south: 17, east: -153, north: 24 },
  'northern-europe': { west: -12, south: 50, east: 32, north: 72 },
  'new-zealand': { west: 165, south: -48, east: 180, north: -33 },
  chile: { west: -78, south: -56, east: -65, north: -17 },
  world: { west: -180, south: -85, east: 180, north: 85 },
}

/**
 * Parses `W,S,E,N` in degrees.
 *
 * @returns `null` unless it is four numbers that form a box on the globe
 */
export function parseBounds(text: string): Box | null {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const [west, south, east, north] = numbers
  if (numbers.length !== 4 || west === undefined || south === undefined || east === undefined || north === undefined)
    return null
  const isBox = west >= -180 && east <= 180 && south >= -90 && north <= 90 && west < east && south < north
  return isBox ? { west, south, east, north } : null
}
