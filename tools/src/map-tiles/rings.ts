/** A closed ring of `[longitude, latitude]` in degrees; the first point is repeated at the end. */
export type Ring = [number, number][]

/** Twice the signed area: positive counter-clockwise. */
export function signedArea(ring: Ring): number {
  let sum = 0
  for (const [index, [x, y]] of ring.slice(0, -1).entries()) {
    const [nextX, nextY] = ring[index + 1] ?? [x, y]
    sum += x * nextY - nextX * y
  }
  return sum
}

/** Whether a point lies inside a ring, by the even-odd rule. */
export function contains(ring: Ring, [x, y]: readonly [number, number]): boolean {
  let isInside = false
  for (const [index, [x1, y1]] of ring.slice(0, -1).entries()) {
    const [x2, y2] = ring[index + 1] ?? [x1, y1]
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isInside = !isInside
  }
  return isInside
}

/** Outer rings with the holes inside them, as GeoJSON polygons. A hole goes to the smallest ring around it. */
export function toPolygons(outers: readonly Ring[], holes: readonly Ring[]): Ring[][] {
  const polygons = outers.map((ring) => ({ rings: [ring], area: signedArea(ring) }))
  for (const hole of holes) {
    const [point] = hole
    if (point === undefined) continue
    const around = polygons
      .filter(({ rings: [outer] }) => outer !== undefined && contains(outer, point))
      .toSorted((one, other) => one.area - other.area)
    around[0]?.rings.push(hole)
  }
  return polygons.map(({ rings }) => rings)
}
