import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Feature, FeatureCollection, MultiLineString, Polygon } from 'geojson'
import { feature, mesh } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'

import type { Ring } from './rings.ts'

/** Antarctica surrounds the pole: its ring is extended to the edge of the map. */
const POLE_LATITUDE = -90

/** Land and borders of the whole world at 1:10 million (Natural Earth, via `world-atlas`), for zooms 0 to 6. */
export async function readNaturalEarth(): Promise<{
  readonly land: FeatureCollection<Polygon>
  readonly borders: Feature<MultiLineString>
}> {
  const atlas = await readTopology('world-atlas/land-10m.json')
  const countries = await readTopology('world-atlas/countries-10m.json')
  const { land } = atlas.objects
  const { countries: shapes } = countries.objects
  if (land === undefined || shapes === undefined) throw new Error('world-atlas has no land or no countries')
  const rings: Ring[][] = []
  const found = feature(atlas, land as GeometryCollection)
  for (const { geometry } of found.features) {
    if (geometry.type === 'Polygon') rings.push(geometry.coordinates as Ring[])
    if (geometry.type === 'MultiPolygon') rings.push(...(geometry.coordinates as Ring[][]))
  }
  const features = rings.map((polygon): Feature<Polygon> => ({
    type: 'Feature',
    properties: {},
    geometry: { type: 'Polygon', coordinates: polygon.map(unwrap) },
  }))
  // A border is an arc that two countries share; coasts belong to the land.
  const borders = mesh(countries, shapes as GeometryCollection, (one, other) => one !== other)
  return {
    land: { type: 'FeatureCollection', features },
    borders: { type: 'Feature', properties: {}, geometry: borders as MultiLineString },
  }
}

/**
 * Makes a ring's longitudes continuous. Six rings of the source cross 180° with a jump from +180 to −180: tiled like
 * that, Fiji becomes a stripe around the globe. Tiling wraps longitudes beyond 180° back.
 */
export function unwrap(ring: Ring): Ring {
  let shift = 0
  let before: number | null = null
  const continuous = ring.map(([longitude, latitude]): [number, number] => {
    if (before !== null && longitude - before > 180) shift -= 360
    if (before !== null && longitude - before < -180) shift += 360
    before = longitude
    return [longitude + shift, latitude]
  })
  const [first, last] = [continuous[0], continuous.at(-1)]
  if (first === undefined || last === undefined || Math.abs(last[0] - first[0]) < 180) return continuous
  // It ends a full turn away from its start, so it surrounds the pole.
  return [...continuous, [last[0], POLE_LATITUDE], [first[0], POLE_LATITUDE], first]
}

async function readTopology(name: string): Promise<Topology> {
  const path = createRequire(import.meta.url).resolve(name)
  return JSON.parse(await readFile(path, 'utf8')) as Topology
}
