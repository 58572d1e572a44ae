import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import { flattenRings, type LandLines, type Ring } from '../judge/coast.ts'

/**
 * The land of the whole world from Natural Earth, 1:10 million. Reading it takes 150 MB for a moment, and the process
 * keeps most of that.
 */
export async function readAtlas(): Promise<LandLines> {
  const path = createRequire(import.meta.url).resolve('world-atlas/land-10m.json')
  // A file of a package, the same for everyone.
  const topology = JSON.parse(await readFile(path, 'utf8')) as Topology
  const { features } = feature(topology, topology.objects['land'] as GeometryCollection)
  const rings: Ring[] = []
  for (const { geometry } of features) {
    // GeoJSON's own type says "numbers"; a position has two of them.
    if (geometry.type === 'Polygon') rings.push(...(geometry.coordinates as unknown as Ring[]))
    if (geometry.type === 'MultiPolygon') rings.push(...(geometry.coordinates.flat() as unknown as Ring[]))
  }
  return flattenRings(rings)
}
